package dev.sandboxcluster.operator.sandbox;

import java.time.Instant;
import java.util.Optional;

/**
 * How an API server did with changes of its authentication configuration since it was started; what it was started with
 * is none.
 *
 * @param succeeded when it last took a change over
 * @param failed when it last could not
 */
public record Reloads(Optional<Instant> succeeded, Optional<Instant> failed) {

    /** Nothing has changed since the start, as far as the API server has seen. */
    public static final Reloads NONE = new Reloads(Optional.empty(), Optional.empty());

    /** Whether it works with an older configuration than the one that it last saw. */
    public boolean failing() {
        return failed.filter(last -> succeeded.map(last::isAfter).orElse(true)).isPresent();
    }
}
