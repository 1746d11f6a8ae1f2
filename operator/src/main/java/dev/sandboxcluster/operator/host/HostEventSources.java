package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.api.v1alpha1.ClassStatus;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.EventSourceRetriever;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What on the host cluster wakes the reconciler: the objects it wrote, their pods, RuntimeClasses, and the
 * SandboxClusters' own classes. One source for each
 * type and watched namespace: each has a store of its own.
 */
public final class HostEventSources {

    private HostEventSources() {}

    /** All of them. */
    public static List<EventSource<?, SandboxCluster>> of(
            EventSourceContext<SandboxCluster> context, OperatorConfig config) {
        List<EventSource<?, SandboxCluster>> sources = new ArrayList<>();
        Stream<String> namespaces =
                config.clusterWide() ? Stream.of(Constants.WATCH_ALL_NAMESPACES) : config.watchNamespaces().stream();
        namespaces.forEach(namespace -> {
            owned(config).forEach(type -> sources.add(labelled(type, namespace, context, ownerOrName(config))));
            sources.add(labelled(Pod.class, namespace, context, pod()));
        });
        config.argoCDNamespaces().stream()
                .filter(namespace ->
                        !config.clusterWide() && !config.watchNamespaces().contains(namespace))
                .forEach(namespace -> sources.add(labelled(Secret.class, namespace, context, ownerOrName(config))));
        if (config.clusterWide()) {
            sources.add(runtimeClasses(context));
            sources.add(classes(context));
        }
        return sources;
    }

    /** The one that knows the objects of a type in a namespace. */
    @SuppressWarnings("unchecked")
    static <R extends HasMetadata> InformerEventSource<R, SandboxCluster> find(
            EventSourceRetriever<SandboxCluster> all, Class<R> type, String namespace) {
        List<EventSource<R, SandboxCluster>> ofType = all.getEventSourcesFor(type);
        return (InformerEventSource<R, SandboxCluster>)
                (ofType.size() == 1 ? ofType.get(0) : all.getEventSourceFor(type, sourceName(type, namespace)));
    }

    private static String sourceName(Class<?> type, String namespace) {
        return type.getSimpleName() + " in " + namespace;
    }

    /** The types of what is watched in each namespace, besides SandboxClusters. */
    static Stream<Class<? extends HasMetadata>> namespacedTypes(OperatorConfig config) {
        return Stream.concat(owned(config), Stream.of(Pod.class));
    }

    private static Stream<Class<? extends HasMetadata>> owned(OperatorConfig config) {
        Stream<Class<? extends HasMetadata>> always = Stream.of(
                Secret.class,
                ConfigMap.class,
                Service.class,
                NetworkPolicy.class,
                StatefulSet.class,
                Job.class,
                PersistentVolumeClaim.class);
        Stream<Class<? extends HasMetadata>> allowed = Stream.concat(
                config.router().map(any -> SandboxClusterRoute.class).stream(),
                config.hosted().ingress().map(any -> Ingress.class).stream());
        return Stream.concat(always, allowed);
    }

    private static <R extends HasMetadata> EventSource<R, SandboxCluster> labelled(
            Class<R> type,
            String namespace,
            EventSourceContext<SandboxCluster> context,
            SecondaryToPrimaryMapper<R> mapper) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(type, SandboxCluster.class)
                        .withName(sourceName(type, namespace))
                        .withLabelSelector(Labels.MANAGED_BY_OPERATOR)
                        .withNamespaces(namespace)
                        .withItemStore(
                                new CompactStore<>(type, context.getClient().getKubernetesSerialization()))
                        .withSecondaryToPrimaryMapper(mapper)
                        .build(),
                context);
    }

    /** What is to outlive its SandboxCluster has no owner, and what is in another namespace can have none. */
    private static <R extends HasMetadata> SecondaryToPrimaryMapper<R> ownerOrName(OperatorConfig config) {
        SecondaryToPrimaryMapper<R> owner = Mappers.fromOwnerReferences(SandboxCluster.class);
        SecondaryToPrimaryMapper<R> name = name();
        return object -> {
            ObjectMeta metadata = object.getMetadata();
            boolean foreign = config.argoCDNamespaces().contains(metadata.getNamespace())
                    && metadata.getLabels().keySet().containsAll(Set.of(Labels.NAME, Labels.NAMESPACE));
            return foreign && metadata.getOwnerReferences().isEmpty()
                    ? Set.of(new ResourceID(
                            metadata.getLabels().get(Labels.NAME),
                            metadata.getLabels().get(Labels.NAMESPACE)))
                    : (metadata.getOwnerReferences().isEmpty() ? name : owner).toPrimaryResourceIDs(object);
        };
    }

    private static <R extends HasMetadata> SecondaryToPrimaryMapper<R> name() {
        return Mappers.fromLabel(Labels.NAME, null, SandboxCluster.class);
    }

    /** That of the control plane, or one that does something for it. */
    private static SecondaryToPrimaryMapper<Pod> pod() {
        return pod -> Stream.of(Labels.IMAGE_TRIAL, Labels.CHART, Labels.HOSTED_WORKERS, Labels.NAME)
                .map(label -> pod.getMetadata().getLabels().get(label))
                .filter(Objects::nonNull)
                .findFirst()
                .map(name -> Set.of(new ResourceID(name, pod.getMetadata().getNamespace())))
                .orElse(Set.of());
    }

    /** Of those that are of the class, or may be by default. */
    private static EventSource<SandboxClusterClass, SandboxCluster> classes(
            EventSourceContext<SandboxCluster> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(SandboxClusterClass.class, SandboxCluster.class)
                        .withWatchAllNamespaces()
                        .withSecondaryToPrimaryMapper(changed -> context.getPrimaryCache()
                                .list(cluster -> className(cluster)
                                        .map(changed.getMetadata().getName()::equals)
                                        .orElse(true))
                                .map(ResourceID::fromResource)
                                .collect(Collectors.toSet()))
                        .build(),
                context);
    }

    private static Optional<String> className(SandboxCluster cluster) {
        return Optional.ofNullable(cluster.getSpec())
                .map(SandboxClusterSpec::className)
                .or(() -> Optional.ofNullable(cluster.getStatus())
                        .map(SandboxClusterStatus::ofClass)
                        .map(ClassStatus::name));
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
