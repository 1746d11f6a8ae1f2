package dev.sandboxcluster.operator.router;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections of each sandbox, which are told what becomes of it. */
final class OpenConnections implements Routes.Listener {

    private final Map<Route.Id, Set<Connection>> bySandbox = new ConcurrentHashMap<>();

    /** From now on it is told. */
    void add(Route.Id sandbox, Connection connection) {
        bySandbox.compute(sandbox, (id, others) -> {
            Set<Connection> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(connection);
            return all;
        });
    }

    void remove(Route.Id sandbox, Connection connection) {
        bySandbox.computeIfPresent(sandbox, (id, all) -> {
            all.remove(connection);
            return all.isEmpty() ? null : all;
        });
    }

    /** Ends all of a sandbox. */
    void end(Route.Id sandbox) {
        bySandbox.getOrDefault(sandbox, Set.of()).forEach(Connection::end);
    }

    @Override
    public void changed(Route.Id sandbox) {
        bySandbox.getOrDefault(sandbox, Set.of()).forEach(Connection::routeChanged);
    }
}
