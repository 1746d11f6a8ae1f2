package dev.sandboxcluster.operator.sandbox;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.operator.verdict.Line;
import dev.sandboxcluster.operator.verdict.Wording;
import java.util.Objects;
import java.util.Optional;

/** What is known about a sandbox's API. */
public sealed interface Observation {

    /** How long a message may be. */
    int LONGEST = 512;

    /** Nothing is known: no attempt has ended since the target was given or changed. */
    record Pending() implements Observation {}

    /**
     * The API can't be used.
     *
     * @param message what was seen, for people; one line of at most {@value Observation#LONGEST} characters, free of
     *     credentials
     */
    record Failing(EndpointFailure kind, String message) implements Observation {

        public Failing {
            Objects.requireNonNull(kind, "kind");
            message = Line.of(message, LONGEST);
        }
    }

    /**
     * The API answers and {@code kubectl apply} works.
     *
     * @param version as the API server reports it, such as {@code v1.33.5+k3s1}
     * @param heap how full it was when the operator last looked, which is rarely; empty: it hasn't yet
     */
    record Available(String version, Optional<Heap> heap) implements Observation {

        /** Of one whose heap nobody has looked at. */
        public Available(String version) {
            this(version, Optional.empty());
        }

        private boolean crowded() {
            return heap.filter(Heap::crowded).isPresent();
        }
    }

    /**
     * The API answers, but what is written is not stored.
     *
     * @param version as the API server reports it
     * @param message what the API server says to a write; one line of at most {@value Observation#LONGEST} characters
     */
    record ReadOnly(String version, String message) implements Observation {

        public ReadOnly {
            message = Line.of(message, LONGEST);
        }

        /** Whether the volume is full, rather than something else wrong. */
        public boolean volumeFull() {
            return Wording.FULL_VOLUME.isSaidIn(message);
        }
    }

    /** The version that the API server reports, if it answers as it should, at least to who reads. */
    default Optional<String> available() {
        if (this instanceof Available usable) {
            return Optional.of(usable.version());
        }
        return this instanceof ReadOnly readable ? Optional.of(readable.version()) : Optional.empty();
    }

    /** Whether the other one says the same, wording aside. */
    default boolean sameKind(Observation other) {
        if (this instanceof Failing mine && other instanceof Failing theirs) {
            return mine.kind() == theirs.kind();
        }
        if (this instanceof ReadOnly mine && other instanceof ReadOnly theirs) {
            return mine.volumeFull() == theirs.volumeFull();
        }
        if (this instanceof Available mine && other instanceof Available theirs) {
            return mine.version().equals(theirs.version()) && mine.crowded() == theirs.crowded();
        }
        return equals(other);
    }
}
