package dev.sandboxcluster.e2e.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandboxcluster.api.v1alpha1.Labels;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The objects of sandboxes without an operator, each sandbox's owned by a ConfigMap: written one after the other by several
 * threads, as fast as the host cluster takes them, and removed by its garbage collector. What it takes longer with
 * SandboxClusters is the operator's share.
 *
 * @param manifests of the objects of one sandbox, of the name {@link #SAMPLE}
 */
record BareObjects(Lab lab, List<String> manifests) {

    static final String SAMPLE = "sample";

    private static final String COPY = "bare-";
    private static final String LABEL = "bench";
    private static final List<Class<? extends HasMetadata>> TYPES =
            List.of(Secret.class, ConfigMap.class, Service.class, NetworkPolicy.class, StatefulSet.class);
    private static final List<String> SERVERS =
            List.of("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "ownerReferences");

    /** Those of a SandboxCluster that is there. */
    static BareObjects of(Lab lab) {
        return new BareObjects(
                lab,
                TYPES.stream()
                        .flatMap(type -> lab
                                .host()
                                .client()
                                .resources(type)
                                .inNamespace(Lab.NAMESPACE)
                                .withLabel(Labels.NAME, SAMPLE)
                                .list()
                                .getItems()
                                .stream())
                        .map(BareObjects::manifest)
                        .toList());
    }

    private static String manifest(HasMetadata object) {
        ObjectNode tree = Serialization.unmarshal(Serialization.asJson(object), ObjectNode.class);
        ObjectNode metadata = tree.withObject("/metadata");
        metadata.remove(SERVERS);
        metadata.withObject("/labels").put(Labels.MANAGED_BY, LABEL).put(LABEL, LABEL);
        tree.remove("status");
        if (object instanceof Service) {
            ObjectNode spec = tree.withObject("/spec");
            spec.remove(List.of("clusterIP", "clusterIPs"));
            spec.withArray("/ports").forEach(port -> ((ObjectNode) port).remove("nodePort"));
        }
        return tree.toString();
    }

    /** Writes those of so many sandboxes; seconds. */
    double write(int sandboxes) {
        Stopwatch stopwatch = Stopwatch.start();
        IntStream.rangeClosed(1, sandboxes).parallel().forEach(this::writeOne);
        return stopwatch.seconds();
    }

    private void writeOne(int number) {
        var client = lab.host().client();
        ConfigMap owner = client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(COPY + number)
                        .withNamespace(Lab.NAMESPACE)
                        .addToLabels(LABEL, LABEL)
                        .endMetadata()
                        .build())
                .create();
        manifests.forEach(manifest -> {
            HasMetadata copy = client.resource(manifest.replaceAll("\\b" + SAMPLE + "\\b", COPY + number))
                    .item();
            copy.addOwnerReference(owner);
            client.resource(copy).forceConflicts().serverSideApply();
        });
    }

    /** Deletes the owners, and waits for the objects to be gone; seconds. */
    double delete() {
        Stopwatch stopwatch = Stopwatch.start();
        lab.kubectl("delete", "configmaps", "--selector=" + LABEL + "=" + LABEL, "--wait=false")
                .run(ScaleMeasurement.PATIENCE)
                .ok();
        ScaleMeasurement.await("the end of all", () -> Stream.of(Secret.class, Service.class, StatefulSet.class)
                .allMatch(type -> lab.host()
                        .client()
                        .resources(type)
                        .inNamespace(Lab.NAMESPACE)
                        .withLabel(LABEL, LABEL)
                        .list()
                        .getItems()
                        .isEmpty()));
        return stopwatch.seconds();
    }
}
