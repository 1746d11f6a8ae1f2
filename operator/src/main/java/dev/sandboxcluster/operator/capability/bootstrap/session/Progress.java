package dev.sandboxcluster.operator.capability.bootstrap.session;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * How far one wish has come, which a pass leaves to the next one; an operator that is started anew does without. For one
 * thread at a time.
 */
final class Progress {

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);
    private static final int DOUBLINGS = 10;

    /** In this time a kind is served whose definition was applied just before, on a slow machine too. */
    private static final Duration SERVED_BY_THEN = Duration.ofSeconds(15);

    private String hash = "";
    private Optional<String> record = Optional.empty();
    private String beginning = "";
    private final Set<String> installed = new HashSet<>();
    private int applied;
    private int attempts;
    private Instant retryAt = Instant.MIN;
    private Instant awaitedSince = Instant.MAX;
    private volatile String at = "";

    /** Begins anew where the content is another, or the sandbox has lost the record of what was begun. */
    void go(String content, Optional<String> recordUid, String version) {
        beginning = version;
        if (!content.equals(hash) || !recordUid.equals(record)) {
            hash = content;
            record = recordUid;
            applied = 0;
            installed.clear();
            succeeded();
        }
    }

    /** Whether this content is under way in what has that record. */
    boolean isUnderWay(String content, Optional<String> recordUid) {
        return content.equals(hash) && recordUid.isPresent() && recordUid.equals(record);
    }

    /** Whether this content was refused lately, and is not to be tried again yet. */
    boolean rests(String content, Instant now) {
        return content.equals(hash) && now.isBefore(retryAt);
    }

    void next() {
        applied++;
        succeeded();
    }

    private void succeeded() {
        attempts = 0;
        retryAt = Instant.MIN;
        awaitedSince = Instant.MAX;
    }

    void fail(Instant now) {
        attempts++;
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(attempts - 1, DOUBLINGS));
        retryAt = now.plus(wait.compareTo(LONGEST_RETRY) < 0 ? wait : LONGEST_RETRY);
    }

    /** Whether a kind may still come to be served. */
    boolean awaits(Instant now) {
        awaitedSince = awaitedSince.isBefore(now) ? awaitedSince : now;
        return now.isBefore(awaitedSince.plus(SERVED_BY_THEN));
    }

    /** The version of the record that says that this was begun: no other beginning has it. */
    String beginning() {
        return beginning;
    }

    /** The ids of all charts that were ever said to be installed, these among them: what tells of them doesn't last. */
    Set<String> installed(Set<String> known) {
        installed.addAll(known);
        return installed;
    }

    int applied() {
        return applied;
    }

    int attempts() {
        return attempts;
    }

    /** How long until the next attempt. */
    Duration untilRetry(Instant now) {
        return retryAt.isAfter(now) ? Duration.between(now, retryAt) : Duration.ZERO;
    }

    void at(String object) {
        at = object;
    }

    /** What is asked for just now; empty: nothing. */
    String at() {
        return at;
    }
}
