package dev.sandboxcluster.operator.router;

/** What all connections of a router have in common. */
record Shared(
        Routes routes,
        RouterLimits limits,
        RouterTimes times,
        Users users,
        RouterMetrics metrics,
        OpenConnections open,
        Held held,
        Counted<String> bySandbox,
        Counted<String> quietBySandbox,
        Counted<String> bySandboxAndSource,
        Counted<String> quietBySandboxAndSource,
        Counted<String> bySource) {

    Shared(Routes routes, RouterLimits limits, RouterTimes times, Users users, RouterMetrics metrics) {
        this(routes, limits, times, users, metrics, RouterLimits.heldBytes());
    }

    /** @param heldBytes how many bytes all connections may hold together */
    Shared(Routes routes, RouterLimits limits, RouterTimes times, Users users, RouterMetrics metrics, long heldBytes) {
        this(
                routes,
                limits,
                times,
                users,
                metrics,
                new OpenConnections(),
                new Held(heldBytes, metrics.held(), metrics::stalled),
                new Counted<>(limits.perSandbox()),
                new Counted<>(limits.quietPerSandbox()),
                new Counted<>(limits.perSandboxAndSource()),
                new Counted<>(RouterLimits.QUIET_PER_SANDBOX_AND_SOURCE),
                new Counted<>(limits.perSource()));
    }
}
