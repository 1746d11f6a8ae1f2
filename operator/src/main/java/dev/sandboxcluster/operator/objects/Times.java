package dev.sandboxcluster.operator.objects;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Times that stand in objects, RFC 3339. */
public final class Times {

    private Times() {}

    /** The time; empty: there is none that can be read. */
    public static Optional<Instant> of(String text) {
        try {
            return Optional.ofNullable(text).map(Instant::parse);
        } catch (DateTimeException edited) {
            return Optional.empty();
        }
    }
}
