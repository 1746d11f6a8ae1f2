package dev.sandboxcluster.operator.capability.doze;

import java.time.Instant;
import java.util.Optional;

/**
 * What is to be done about the pod of a sandbox that nobody uses.
 *
 * @param sleep what the router is told
 * @param suspend whether there is to be no pod
 * @param lookAgain when to decide again though nothing happens
 */
record Suspension(Sleep sleep, boolean suspend, Optional<Instant> lookAgain) {}
