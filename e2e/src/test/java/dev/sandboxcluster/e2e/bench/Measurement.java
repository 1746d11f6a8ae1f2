package dev.sandboxcluster.e2e.bench;

/** What can be asked for. */
enum Measurement {
    START,
    MEMORY,
    CONTENT,
    LIFECYCLE,
    IDLE,
    HEAP,
    WORKERS,
    ROUTER,
    DOZE,
    SIMULATED,
    SCALE,
    CROWD
}
