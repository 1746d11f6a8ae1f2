package dev.sandboxcluster.operator.tenant;

import java.util.Objects;
import java.util.Optional;

/** What is known about a sandbox's API. */
public sealed interface Observation {

    /** Nothing is known: no attempt has ended since the {@link Target} was given or changed. */
    record Pending() implements Observation {}

    /**
     * The API can't be used.
     *
     * @param message what was seen, for people; one line of at most {@value #LONGEST} characters, free of credentials
     */
    record Failing(FailureKind kind, String message) implements Observation {

        private static final int LONGEST = 512;

        public Failing {
            Objects.requireNonNull(kind, "kind");
            // Parts of it come from whatever answered.
            message = message.replaceAll("\\p{Cntrl}+", " ").strip();
            message = message.length() <= LONGEST ? message : message.substring(0, LONGEST - 1) + "…";
        }
    }

    /**
     * The API answers and {@code kubectl apply} works.
     *
     * @param version as the API server reports it, such as {@code v1.33.5+k3s1}
     */
    record Available(String version) implements Observation {}

    /** The version that the API server reports, if it can be used. */
    default Optional<String> available() {
        return this instanceof Available usable ? Optional.of(usable.version()) : Optional.empty();
    }

    /** Whether the other one says the same, wording aside. */
    default boolean sameKind(Observation other) {
        return this instanceof Failing mine && other instanceof Failing theirs
                ? mine.kind() == theirs.kind()
                : equals(other);
    }
}
