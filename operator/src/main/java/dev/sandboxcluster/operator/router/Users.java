package dev.sandboxcluster.operator.router;

/** Is told who uses sandboxes, on event loops: must not block. */
interface Users {

    /** Somebody came. */
    void opened(Route.Id sandbox);

    /** Somebody went. */
    void closed(Route.Id sandbox);
}
