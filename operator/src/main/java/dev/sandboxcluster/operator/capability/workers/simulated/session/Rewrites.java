package dev.sandboxcluster.operator.capability.workers.simulated.session;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** How often webhook configurations were set to be ignored: who writes one back all the time has it his way ever longer. */
final class Rewrites {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    /** After so long nobody writes it back any more. */
    private static final Duration PEACE = Duration.ofMinutes(10);

    private static final int OFTEN = 4;
    private static final int REMEMBERED = 256;

    private final Map<String, Written> all = new LinkedHashMap<>() {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Written> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Written(int times, Instant last) {

        private Duration pause() {
            Duration pause = FIRST_PAUSE;
            for (int time = 1; time < times && pause.compareTo(LONGEST_PAUSE) < 0; time++) {
                pause = pause.multipliedBy(2);
            }
            return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }

        private boolean counts(Instant now) {
            return now.isBefore(last.plus(PEACE));
        }
    }

    /** How long to wait with the next time; not at all, or longer each time. */
    Duration pause(Callout of, Instant now) {
        Written written = all.get(id(of));
        if (written == null || !written.counts(now)) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, written.last().plus(written.pause()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    void written(Callout which, Instant now) {
        Written before = all.remove(id(which));
        all.put(id(which), new Written(before == null || !before.counts(now) ? 1 : before.times() + 1, now));
    }

    /** Whether it was set so often, lately, that somebody must be writing it back. */
    boolean often(Callout which, Instant now) {
        Written written = all.get(id(which));
        return written != null && written.counts(now) && written.times() >= OFTEN;
    }

    private static String id(Callout of) {
        return of.kind() + " " + of.name();
    }
}
