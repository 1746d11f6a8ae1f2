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
            pemPrivateKey(),
            endOfPemPrivateKey(),
            base64OfPem(),
            k3sToken(),
            jsonWebToken(),
            bootstrapToken(),
            authorizationHeader(),
            bearer(),
            passwordInUrl(),
            doubleQuotedValue(),
            singleQuotedValue(),
            escapedQuotedValue(),
            bareValue(),
            flagValue(),
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

    /** To its end, or to the end of the text if it was cut off. */
    private static Rule pemPrivateKey() {
        return Rule.of("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----"
                + "(?s:.*?)(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\\z)");
    }

    /** The rest of one whose beginning was cut off: lines of base64, also where {@code \n} is written out. */
    private static Rule endOfPemPrivateKey() {
        return Rule.of("(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/=]{1,76}(?:\\r?\\n[ \\t]*|\\\\r|\\\\n){1,3}+){0,100}+"
                + "-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----");
    }

    /** {@code LS0tLS1CRUdJTi} is {@code -----BEGIN}: so begins {@code client-key-data} in a kubeconfig. */
    private static Rule base64OfPem() {
        return Rule.of("LS0tLS1CRUdJTi[A-Za-z0-9+/=_-]*");
    }

    /** {@code K10<hash>::<user>:<password>} (k3s, pkg/clientaccess/token.go), also where the hash is abbreviated. */
    private static Rule k3sToken() {
        return Rule.of("\\bK1(?:[0-9a-f]{16,}+(?:::[^\\s\"'\\\\]*)?|[^\\s:\"'\\\\]{0,80}::[^\\s\"'\\\\]+)");
    }

    /** {@code eyJ} is {@code {"}: so begins the header of a JSON Web Token. */
    private static Rule jsonWebToken() {
        return Rule.of("\\beyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*){0,4}");
    }

    /** Kubernetes's bootstrap tokens, {@code abcdef.0123456789abcdef}. */
    private static Rule bootstrapToken() {
        return Rule.of("(?<![\\w.-])[a-z0-9]{6}\\.[a-z0-9]{16}(?![\\w-]|\\.\\w)");
    }

    private static Rule authorizationHeader() {
        return Rule.after(
                "\\bauthorization\\\\?[\"']?[ \\t]*[:=][ \\t]*\\[?\\\\?[\"']?(?:basic|bearer|digest|negotiate)[ \\t]+",
                "[^\\s\"'\\\\\\]]+");
    }

    /** Not in "bearer token expired" and {@code Bearer realm=…}. */
    private static Rule bearer() {
        return Rule.after(
                "\\bbearer[ \\t]+", "(?!(?:tokens?|auth\\w*|credentials?|header|realm|scheme)\\b)[\\w.~+/=-]+");
    }

    private static Rule passwordInUrl() {
        return Rule.after("://[^\\s/:@\"']*:", "[^\\s/\"']+(?=@)");
    }

    /** {@code "token":"…"} and {@code password="…"}. */
    private static Rule doubleQuotedValue() {
        return Rule.after(SECRET_NAME + "[\"']?[ \\t]*[:=][ \\t]*\"", "(?!\")[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+");
    }

    private static Rule singleQuotedValue() {
        return Rule.after(SECRET_NAME + "[\"']?[ \\t]*[:=][ \\t]*'", "[^']+");
    }

    /** JSON inside a quoted text: {@code \"token\":\"…\"}. */
    private static Rule escapedQuotedValue() {
        return Rule.after(SECRET_NAME + "(?:\\\\+[\"'])?[ \\t]*[:=][ \\t]*\\\\+\"", "[^\"\\\\]+");
    }

    /**
     * {@code token=…} and {@code password: …}. Not {@code automountServiceAccountToken: false}, and not "invalid token:
     * signature is wrong", where a small word and another follow.
     */
    private static Rule bareValue() {
        return Rule.after(
                SECRET_NAME + "[\"']?[ \\t]*[:=][ \\t]*",
                "(?!(?:true|false|null|nil|<nil>)(?!\\w))"
                        + "(?!(?<=token: )(?-i:[a-z]{1,12}) [A-Za-z]+\\b)"
                        + "[^\\s\"'\\\\]*[^\\s\"'\\\\\\]})>,;]");
    }

    /** {@code --token …}, as in a command line. */
    private static Rule flagValue() {
        return Rule.after("(?<![\\w-])--?[a-z0-9-]*(?:token|password)[ \\t]+", "(?!-)[^\\s\"'\\\\\\],]+");
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
