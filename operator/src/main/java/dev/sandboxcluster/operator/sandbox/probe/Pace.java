package dev.sandboxcluster.operator.sandbox.probe;

import java.time.Duration;
import java.time.Instant;

/** When to ask next, and how thoroughly, by how the sandbox has answered so far. */
sealed interface Pace {

    /** What follows an attempt that ended at {@code now}. */
    default Pace after(boolean available, Instant now) {
        return available ? new Steady() : afterFailure(now);
    }

    /** The same as before, unless there is more to say. */
    default Pace afterFailure(Instant now) {
        return this;
    }

    /** From the start of the last attempt to the start of the next. */
    Duration interval(ProbeSettings settings, Instant now);

    /** Whether the sandbox counts as available; then it's enough to ask whether it is ready. */
    default boolean available() {
        return false;
    }

    /** It has never been available. */
    record Starting(Instant since) implements Pace {
        @Override
        public Duration interval(ProbeSettings settings, Instant now) {
            return settings.growing(Duration.between(since, now));
        }
    }

    /** The last answer was good. */
    record Steady() implements Pace {
        @Override
        public Pace afterFailure(Instant now) {
            return new Doubtful();
        }

        @Override
        public Duration interval(ProbeSettings settings, Instant now) {
            return settings.heartbeat();
        }

        @Override
        public boolean available() {
            return true;
        }
    }

    /** One heartbeat failed, which may be chance. */
    record Doubtful() implements Pace {
        @Override
        public Pace afterFailure(Instant now) {
            return new Lost(now);
        }

        @Override
        public Duration interval(ProbeSettings settings, Instant now) {
            return settings.recheck();
        }

        @Override
        public boolean available() {
            return true;
        }
    }

    /** It was available and no longer is. */
    record Lost(Instant since) implements Pace {
        @Override
        public Duration interval(ProbeSettings settings, Instant now) {
            return settings.growing(Duration.between(since, now));
        }
    }
}
