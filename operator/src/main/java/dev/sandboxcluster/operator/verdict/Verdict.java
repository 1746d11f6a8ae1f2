package dev.sandboxcluster.operator.verdict;

/**
 * What a check found: a condition without its type and times.
 *
 * @param reason one word, from the list in docs/reference.md
 * @param message what happened and what to do, for a person; one line of at most {@value Line#MESSAGE} characters
 */
public record Verdict(Status status, String reason, String message) {

    public Verdict {
        message = Line.of(message, Line.MESSAGE);
    }

    /** The status of a condition. */
    public enum Status {
        True,
        False,
        Unknown
    }

    /** A condition that holds. */
    public static Verdict holds(String reason, String message) {
        return new Verdict(Status.True, reason, message);
    }

    /** A condition that does not hold. */
    public static Verdict fails(String reason, String message) {
        return new Verdict(Status.False, reason, message);
    }

    /** A condition of which nobody can tell now whether it holds. */
    public static Verdict unknown(String reason, String message) {
        return new Verdict(Status.Unknown, reason, message);
    }

    /** Whether the condition holds. */
    public boolean met() {
        return status == Status.True;
    }
}
