package dev.sandboxcluster.operator.router;

import java.util.Optional;

/** What is known of sandboxes. Asked on event loops, so it must not block. */
public interface Routes {

    /** Who has a server name, in lower case. Empty: nobody. */
    Optional<Named> find(String serverName);

    /** The route as it is now. Empty: it is gone. */
    Optional<Route> get(Route.Id id);

    /**
     * Who has a name.
     *
     * @param quiet whether who comes by it counts as nobody
     */
    record Named(Route.Id id, boolean quiet) {}

    /** Is told what changes, by the thread that hears of it: must not block. */
    interface Listener {

        /** A route is there, is another than before, or is gone. */
        void changed(Route.Id id);
    }
}
