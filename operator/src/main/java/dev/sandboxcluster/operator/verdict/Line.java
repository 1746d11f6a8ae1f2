package dev.sandboxcluster.operator.verdict;

import java.util.regex.Pattern;

/**
 * Text from elsewhere, of a sandbox above all, made fit for a status, an event or a log: one line, of a length that is
 * known, without characters that nobody sees or that turn round what stands beside them.
 */
public final class Line {

    /** Of the conditions' messages and of what is said about a node. */
    public static final int MESSAGE = 2048;

    /** Of a name in Kubernetes (a DNS subdomain). */
    public static final int NAME = 253;

    /** Of a label's value, and so of versions. */
    public static final int LABEL = 63;

    /** Control and format characters (those for writing directions among them), line and paragraph separators. */
    private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");

    private Line() {}

    /**
     * The text as one line.
     *
     * @param most how many characters it may have; cut off text ends with an ellipsis
     */
    public static String of(String text, int most) {
        // What is left of a long text is looked at, and no more.
        int enough = Math.min(text.length(), 8 * most);
        String line = UNFIT.matcher(text.substring(0, enough)).replaceAll(" ").strip();
        boolean cut = line.length() > most || enough < text.length();
        return cut ? end(line.substring(0, Math.min(line.length(), most - 1))) + "…" : line;
    }

    private static String end(String line) {
        return line.isEmpty() || !Character.isHighSurrogate(line.charAt(line.length() - 1))
                ? line
                : line.substring(0, line.length() - 1);
    }
}
