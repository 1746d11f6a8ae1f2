package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What on the host cluster wakes the reconciler: the objects it wrote, their pods, and RuntimeClasses. */
public final class HostEventSources {

    private HostEventSources() {}

    /** One per type. */
    public static List<EventSource<?, SandboxCluster>> of(
            EventSourceContext<SandboxCluster> context, OperatorConfig config) {
        List<EventSource<?, SandboxCluster>> sources = new ArrayList<>();
        Stream.of(
                        Secret.class,
                        ConfigMap.class,
                        Service.class,
                        NetworkPolicy.class,
                        StatefulSet.class,
                        PersistentVolumeClaim.class)
                .forEach(type -> sources.add(labelled(type, context, ownerOrName())));
        sources.add(labelled(Pod.class, context, name()));
        if (config.clusterWide()) {
            sources.add(runtimeClasses(context));
        }
        return sources;
    }

    private static <R extends HasMetadata> EventSource<R, SandboxCluster> labelled(
            Class<R> type, EventSourceContext<SandboxCluster> context, SecondaryToPrimaryMapper<R> mapper) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(type, SandboxCluster.class)
                        .withLabelSelector(Labels.MANAGED_BY_OPERATOR)
                        .withNamespacesInheritedFromController()
                        .withSecondaryToPrimaryMapper(mapper)
                        .build(),
                context);
    }

    /** What is to outlive its SandboxCluster has no owner. */
    private static <R extends HasMetadata> SecondaryToPrimaryMapper<R> ownerOrName() {
        SecondaryToPrimaryMapper<R> owner = Mappers.fromOwnerReferences(SandboxCluster.class);
        SecondaryToPrimaryMapper<R> name = name();
        return object ->
                (object.getMetadata().getOwnerReferences().isEmpty() ? name : owner).toPrimaryResourceIDs(object);
    }

    private static <R extends HasMetadata> SecondaryToPrimaryMapper<R> name() {
        return Mappers.fromLabel(Labels.NAME, null, SandboxCluster.class);
    }

    private static EventSource<RuntimeClass, SandboxCluster> runtimeClasses(
            EventSourceContext<SandboxCluster> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(RuntimeClass.class, SandboxCluster.class)
                        .withWatchAllNamespaces()
                        .withSecondaryToPrimaryMapper(runtimeClass -> context.getPrimaryCache()
                                .list(cluster -> true)
                                .map(ResourceID::fromResource)
                                .collect(Collectors.toSet()))
                        .build(),
                context);
    }
}
