package dev.sandboxcluster.operator.k3s;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The certificates that k3s makes for itself: of its API server, controllers and scheduler. It makes them at its first
 * start, for a year, and anew at a start at which they are about to end (k3s, pkg/daemons/config, CertificateRenewDays);
 * pure.
 */
public final class LeafCertificates {

    private static final Duration LIFETIME = Duration.ofDays(365);

    /** Since May 2025 (k3s issue 12171). */
    private static final Duration RENEWED_WITHIN = Duration.ofDays(120);

    private static final Duration RENEWED_WITHIN_BEFORE = Duration.ofDays(90);
    private static final Pattern RELEASE = Pattern.compile("v1\\.([0-9]{1,3})\\.([0-9]{1,3})");
    private static final int FIRST_MINOR = 33;

    private LeafCertificates() {}

    /** When those end that are made at that moment. */
    public static Instant madeAt(Instant start) {
        return start.plus(LIFETIME);
    }

    /**
     * When they end after a start.
     *
     * @param before when they ended before it
     * @param version of k3s, such as {@code v1.33.5+k3s1}
     */
    public static Instant startedAt(Instant start, Instant before, String version) {
        return start.isBefore(before.minus(renewedWithin(version))) ? before : madeAt(start);
    }

    private static Duration renewedWithin(String version) {
        return RELEASE.matcher(version)
                .results()
                .findFirst()
                .filter(LeafCertificates::isOlder)
                .map(older -> RENEWED_WITHIN_BEFORE)
                .orElse(RENEWED_WITHIN);
    }

    private static boolean isOlder(MatchResult release) {
        int minor = Integer.parseInt(release.group(1));
        int patch = Integer.parseInt(release.group(2));
        return minor < FIRST_MINOR - 1 || minor == FIRST_MINOR - 1 && patch < 5 || minor == FIRST_MINOR && patch < 1;
    }
}
