package dev.sandboxcluster.operator.router;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * What is said of those who use a sandbox.
 *
 * @param lastUsedAt when somebody was connected last
 * @param demandedGeneration the generation of the route that is asleep while somebody waits; empty: of that nothing is said
 */
record Report(Instant lastUsedAt, OptionalLong demandedGeneration) {}
