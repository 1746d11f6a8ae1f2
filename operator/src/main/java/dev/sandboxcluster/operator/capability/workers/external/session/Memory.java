package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.operator.sandbox.TokenBucket;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What a pass leaves to the next one; an operator that is started anew does without.
 *
 * @param drains when the removals under way began, by the Node's UID
 * @param lines how often the log may tell of what is caused from inside
 */
record Memory(
        JoinedNodes joined, KubeletProbe probe, Refusals refusals, Map<String, Instant> drains, TokenBucket lines) {

    static Memory empty() {
        return new Memory(
                new JoinedNodes(), new KubeletProbe(), new Refusals(), new HashMap<>(), new TokenBucket(20, 0.2));
    }

    /** Whether another line may be written now. */
    boolean mayTell(Instant now) {
        if (!lines.wait(now).isZero()) {
            return false;
        }
        lines.take(1, now);
        return true;
    }
}
