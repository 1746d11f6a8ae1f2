package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The Secrets with the operator's labels in some namespaces, whichever SandboxCluster they are of; no request.
 *
 * @param watched among them the sources that know Secrets
 */
public record KnownSecrets(Collection<EventSource<?, SandboxCluster>> watched, Set<String> namespaces) {

    /** Their names. */
    public Stream<ResourceID> ids() {
        return sources()
                .flatMap(InformerEventSource::keys)
                .filter(id -> id.getNamespace().filter(namespaces::contains).isPresent())
                .distinct();
    }

    /** One of them. */
    public Optional<Secret> get(ResourceID id) {
        return sources().flatMap(source -> source.get(id).stream()).findFirst();
    }

    @SuppressWarnings("unchecked")
    private Stream<InformerEventSource<Secret, SandboxCluster>> sources() {
        return watched.stream()
                .filter(source -> source.resourceType().equals(Secret.class))
                .map(source -> (InformerEventSource<Secret, SandboxCluster>) source);
    }
}
