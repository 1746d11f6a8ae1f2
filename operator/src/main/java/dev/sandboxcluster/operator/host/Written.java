package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;

/** What an attempt to write came to: an object as the API server has it, or what keeps it from being written. */
public record Written<T>(Optional<T> object, Optional<Verdict> problem) {

    /** It is there. */
    public static <T> Written<T> of(T object) {
        return new Written<>(Optional.of(object), Optional.empty());
    }

    /** It could not be written. */
    public static <T> Written<T> not(Verdict problem) {
        return new Written<>(Optional.empty(), Optional.of(problem));
    }
}
