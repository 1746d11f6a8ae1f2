package dev.sandboxcluster.operator.objects;

import java.time.Duration;
import java.util.Locale;

/** Durations as a spec has them. */
public final class SpecDuration {

    private SpecDuration() {}

    /** Go's notation, which the schema limits to hours, minutes and seconds, is ISO 8601's but for prefix and case. */
    public static Duration parse(String text) {
        return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }
}
