package dev.sandboxcluster.operator.objects;

import dev.sandboxcluster.operator.credentials.Redaction;
import io.fabric8.kubernetes.api.model.Event;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the host cluster's warning events say. */
public final class Warnings {

    private Warnings() {}

    /** The message of the latest event with one of these reasons, without credentials. */
    public static Optional<String> latest(List<Event> events, String... reasons) {
        Set<String> wanted = Set.of(reasons);
        return events.stream()
                .filter(event -> wanted.contains(event.getReason()))
                .max(Comparator.comparing(Warnings::time))
                .map(event -> Redaction.redact(event.getMessage()));
    }

    private static String time(Event event) {
        return Optional.ofNullable(event.getLastTimestamp())
                .orElse(event.getMetadata().getCreationTimestamp());
    }
}
