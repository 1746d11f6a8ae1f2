package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.TreeMap;

/** What the objects of hosted workers have in common. */
final class HostedObjects {

    private static final String COMPONENT = "app.kubernetes.io/component";

    private HostedObjects() {}

    /** The name of StatefulSet, ConfigMap and Secret. */
    static String name(Identity sandbox) {
        return sandbox.name() + "-workers";
    }

    static ObjectMeta metadata(Identity sandbox, String name) {
        return new ObjectMetaBuilder(sandbox.metadata(name))
                .addToLabels(COMPONENT, "worker")
                .build();
    }

    /** The labels of the pods: none by which the control plane's Service or NetworkPolicy would take them for its pod. */
    static Map<String, String> podLabels(Identity sandbox) {
        Map<String, String> labels = new TreeMap<>(sandbox.podLabels());
        labels.remove(Labels.NAME);
        labels.put(COMPONENT, "worker");
        labels.putAll(selector(sandbox));
        return labels;
    }

    /** What selects them. */
    static Map<String, String> selector(Identity sandbox) {
        return Map.of(Labels.HOSTED_WORKERS, sandbox.name());
    }
}
