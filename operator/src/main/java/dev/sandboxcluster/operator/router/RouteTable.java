package dev.sandboxcluster.operator.router;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The routes by server name. The first two labels of a name are the name and the namespace of the one route that may have
 * it, so no two can claim the same.
 */
final class RouteTable implements Routes {

    private static final int LONGEST_NAME = 253;

    private final ConcurrentMap<String, Route> byKey = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** From now on it is told of changes. */
    void listen(Listener listener) {
        listeners.add(listener);
    }

    /** A route is there, or is another than before. */
    void put(Route route) {
        Route before = byKey.put(route.id().key(), route);
        if (before != null && !before.id().equals(route.id())) {
            tell(before.id());
        }
        if (!route.equals(before)) {
            tell(route.id());
        }
    }

    /** A route is gone. Another that has its name by now stays. */
    void remove(Route.Id id) {
        List<Route> gone = new ArrayList<>(1);
        byKey.computeIfPresent(id.key(), (key, route) -> {
            if (!route.id().equals(id)) {
                return route;
            }
            gone.add(route);
            return null;
        });
        if (!gone.isEmpty()) {
            tell(id);
        }
    }

    @Override
    public Optional<Named> find(String serverName) {
        if (serverName.length() > LONGEST_NAME) {
            return Optional.empty();
        }
        String[] labels = serverName.split("\\.", 3);
        if (labels.length < 3) {
            return Optional.empty();
        }
        Route route = byKey.get(labels[1] + "/" + labels[0]);
        if (route == null) {
            return Optional.empty();
        }
        if (route.serverNames().contains(serverName)) {
            return Optional.of(new Named(route.id(), false));
        }
        Set<String> quiet = route.quietServerNames();
        return quiet.contains(serverName) ? Optional.of(new Named(route.id(), true)) : Optional.empty();
    }

    @Override
    public Optional<Route> get(Route.Id id) {
        return Optional.ofNullable(byKey.get(id.key()))
                .filter(route -> route.id().equals(id));
    }

    /** How many there are. */
    int size() {
        return byKey.size();
    }

    private void tell(Route.Id id) {
        listeners.forEach(listener -> listener.changed(id));
    }
}
