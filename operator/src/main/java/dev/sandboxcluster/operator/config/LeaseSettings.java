package dev.sandboxcluster.operator.config;

/**
 * By which Lease of the host cluster operators agree on who of them acts.
 *
 * @param namespace {@code LEASE_NAMESPACE}
 * @param name {@code LEASE_NAME}
 * @param identity {@code POD_NAME}: what nobody else is called
 */
public record LeaseSettings(String namespace, String name, String identity) {}
