package dev.sandboxcluster.operator.credentials;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes credentials out of text that people will read: last log lines of a control plane in a condition, messages of
 * clients. When in doubt it takes out too much, up to the next space or quote; the words around stay, so that the line
 * still explains itself. Applying it twice changes nothing more.
 */
public final class Redaction {

    private static final String REDACTED = "[redacted]";
    private static final String NOT_YET_REDACTED = "(?!\\[redacted])";

    /** The end of a name beside which a secret stands: {@code K3S_TOKEN}, {@code "password"}, but no {@code token-file}. */
    private static final String SECRET_NAME = "(?:pass(?:word|wd|phrase)|token|token[_-]?secret|api[_-]?key"
            + "|(?:private|access)[_-]?key|client[_-]?secret|client-key-data)";

    /** Rules in the order they apply: first shapes that speak for themselves, then values known by their names. */
    private static final List<Rule> RULES = List.of(
            // To its end, or to the end of the text if it was cut off.
            Rule.of("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----"
                    + "(?s:.*?)(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\\z)"),
            // The rest of one whose beginning was cut off: lines of base64, also where \n is written out.
            Rule.of("(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/=]{1,76}(?:\\r?\\n[ \\t]*|\\\\r|\\\\n){1,3}+){0,100}+"
                    + "-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----"),
            // LS0tLS1CRUdJTi is -----BEGIN: so begins client-key-data in a kubeconfig.
            Rule.of("LS0tLS1CRUdJTi[A-Za-z0-9+/=_-]*"),
            // K10<hash>::<user>:<password> (k3s, pkg/clientaccess/token.go), also where the hash is abbreviated.
            Rule.of("\\bK1(?:[0-9a-f]{16,}+(?:::[^\\s\"'\\\\]*)?|[^\\s:\"'\\\\]{0,80}::[^\\s\"'\\\\]+)"),
            // eyJ is {": so begins the header of a JSON Web Token.
            Rule.of("\\beyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*){0,4}"),
            // Kubernetes's bootstrap tokens, abcdef.0123456789abcdef.
            Rule.of("(?<![\\w.-])[a-z0-9]{6}\\.[a-z0-9]{16}(?![\\w-]|\\.\\w)"),
            Rule.after(
                    "\\bauthorization\\\\?[\"']?[ \\t]*[:=][ \\t]*\\[?\\\\?[\"']?(?:basic|bearer|digest|negotiate)[ \\t]+",
                    "[^\\s\"'\\\\\\]]+"),
            // Not in "bearer token expired" and Bearer realm=….
            Rule.after("\\bbearer[ \\t]+", "(?!(?:tokens?|auth\\w*|credentials?|header|realm|scheme)\\b)[\\w.~+/=-]+"),
            Rule.after("://[^\\s/:@\"']*:", "[^\\s/\"']+(?=@)"),
            // "token":"…" and password="…".
            Rule.after(SECRET_NAME + "[\"']?[ \\t]*[:=][ \\t]*\"", "(?!\")[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+"),
            Rule.after(SECRET_NAME + "[\"']?[ \\t]*[:=][ \\t]*'", "[^']+"),
            // JSON inside a quoted text: \"token\":\"…\".
            Rule.after(SECRET_NAME + "(?:\\\\+[\"'])?[ \\t]*[:=][ \\t]*\\\\+\"", "[^\"\\\\]+"),
            // token=… and password: …. Not automountServiceAccountToken: false, and not "invalid token: signature is
            // wrong", where a small word and another follow.
            Rule.after(
                    SECRET_NAME + "[\"']?[ \\t]*[:=][ \\t]*",
                    "(?!(?:true|false|null|nil|<nil>)(?!\\w))"
                            + "(?!(?<=token: )(?-i:[a-z]{1,12}) [A-Za-z]+\\b)"
                            + "[^\\s\"'\\\\]*[^\\s\"'\\\\\\]})>,;]"),
            // --token …, as in a command line.
            Rule.after("(?<![\\w-])--?[a-z0-9-]*(?:token|password)[ \\t]+", "(?!-)[^\\s\"'\\\\\\],]+"),
            longBase64("A-Za-z0-9+/", 9, "{64,}+={0,2}"),
            longBase64("\\-_A-Za-z0-9", 9, "{64,}+={0,2}"),
            longBase64("A-Za-z0-9+/", 5, "{40,}+={1,2}"));

    private Redaction() {}

    /**
     * Returns {@code text} with {@code [redacted]} in place of what may be a credential.
     *
     * @param text any number of lines
     */
    public static String redact(String text) {
        String redacted = text;
        for (Rule rule : RULES) {
            redacted = rule.pattern().matcher(redacted).replaceAll(rule.replacement());
        }
        return redacted;
    }

    private record Rule(Pattern pattern, String replacement) {

        /** All that the expression finds is replaced. */
        static Rule of(String regex) {
            return new Rule(Pattern.compile(regex), REDACTED);
        }

        /** All that {@code regex} finds is replaced where {@code before} stands before it, in capitals or not. */
        static Rule after(String before, String regex) {
            return new Rule(Pattern.compile("((?i)" + before + ")(?i)" + NOT_YET_REDACTED + regex), "$1" + REDACTED);
        }
    }

    /**
     * A run of letters that looks random: hex digests have no capitals, paths and names hardly ever so many. Of 64 random
     * letters 26 are capitals, and one run in a million has less than nine.
     */
    private static Rule longBase64(String alphabet, int capitals, String length) {
        String run = "[" + alphabet + "]";
        String nextCapital = "[" + alphabet + "&&[^A-Z]]*+[A-Z]";
        String nextSmall = "[" + alphabet + "&&[^a-z]]*+[a-z]";
        return Rule.of("(?<!" + run + ")(?=(?:" + nextCapital + "){" + capitals + "})(?=(?:" + nextSmall + "){5})" + run
                + length);
    }
}
