package dev.sandboxcluster.operator.router;

import java.time.Duration;

/**
 * What one client, one sandbox, and all together may take of the router.
 *
 * @param helloBytes how long a TLS ClientHello may be; those with post-quantum key shares have some 1,800
 * @param helloTime within which it must be whole, with what is to stand before it
 * @param connections how many there may be
 * @param perSandbox how many connections a sandbox may have
 * @param perSource how many connections one address may have
 */
public record RouterLimits(int helloBytes, Duration helloTime, int connections, int perSandbox, int perSource) {

    /** How many connections to a sandbox one address may have by its quiet names, which only the operator uses. */
    static final int QUIET_PER_SANDBOX_AND_SOURCE = 16;

    /** How many bytes all connections may hold together: of what Netty may have, which is as much as the heap, three quarters. */
    static long heldBytes() {
        return Runtime.getRuntime().maxMemory() / 4 * 3;
    }

    /** How many it may have by its quiet names from everywhere. */
    int quietPerSandbox() {
        return Math.max(perSandbox, 4 * QUIET_PER_SANDBOX_AND_SOURCE);
    }

    /** How many connections to one sandbox one address may have: others come to it, whatever that one does. */
    int perSandboxAndSource() {
        return (perSandbox + 1) / 2;
    }

    /** What suits hundreds of sandboxes: 1,000 open connections need 5 MiB of the heap, one that stalls 64 KiB besides. */
    public static final RouterLimits DEFAULT = new RouterLimits(16 * 1024, Duration.ofSeconds(5), 10_000, 500, 2000);
}
