package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;

/** Pods of the host cluster that are the cluster's nodes, and run its pods. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "runtimeClassName": {"maxLength": 253, "pattern": "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$"},
                """ + NodeSchema.LABELS + "," + NodeSchema.TAINTS + """
                  ,
                  "nodeSelector": {"maxProperties": 32, "additionalProperties": {"maxLength": 63}},
                  "tolerations": {"maxItems": 16},
                  "publish": {"maxItems": 16, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}}}
                """)
@ValidationRule(
        value = "!has(self.resources) || has(self.resources.limits) && 'memory' in self.resources.limits"
                + " && quantity(string(self.resources.limits['memory'])).compareTo(quantity('512Mi')) >= 0",
        message =
                "workers.hosted.resources needs limits.memory of 512Mi or more: a node that took more than its pod may"
                        + " have would be killed, and what runs a node takes 300Mi of it")
public record HostedWorkers(
        @JsonPropertyDescription(
                "How many nodes there are: hosted-0 and so on. Changed without a restart of the control plane; one that"
                        + " is too many is drained first. 0: none for now.")
        @Required
        @Min(0)
        @Max(HostedWorkers.MOST)
        Integer count,

        @JsonPropertyDescription(
                "RuntimeClass of the pods, by which each is a virtual machine, as with Kata Containers. Without one they"
                        + " are privileged pods, and who administers the cluster is root on the nodes that they run on:"
                        + " the operator's chart has to allow it (workers.hosted.allowPrivileged). gVisor can't run a"
                        + " kubelet. Default: none.")
        String runtimeClassName,

        @JsonPropertyDescription(
                "What each pod requests, and may use: the nodes have the limits to give, but for 300Mi of memory."
                        + " Default: requests of 100m CPU and 512Mi memory, a limit of 2Gi memory.")
        Resources resources,

        @JsonPropertyDescription("Where a node keeps images, containers and volumes.")
        HostedStorage storage,

        @JsonPropertyDescription("Labels that the operator sets on the nodes.")
        Map<String, String> labels,

        @JsonPropertyDescription("Taints that the operator sets on the nodes.")
        List<Taint> taints,

        @JsonPropertyDescription("Labels of the host cluster's nodes on which the pods may run.")
        Map<String, String> nodeSelector,

        @JsonPropertyDescription("Taints of the host cluster's nodes that the pods tolerate.")
        List<Toleration> tolerations,

        @JsonPropertyDescription(
                "Where to nodes and pods may connect besides each other, the cluster's API, and DNS. Internet: to all that"
                        + " isn't a private address. None: nowhere; images then have to be on the nodes. Default: Internet.")
        Egress egress,

        @JsonPropertyDescription("Services of the cluster that can be reached from outside. Default: none.")
        List<HostedPublication> publish) {

    /** Where to nodes and pods may connect. */
    public enum Egress {
        /** Everything but private addresses. */
        Internet,
        /** Nowhere. */
        None
    }

    /** How many nodes there may be. */
    public static final int MOST = 100;

    /** What a pod requests and may use of whose resources the spec says nothing. */
    public static final Resources DEFAULT_RESOURCES = new Resources(
            Map.of("cpu", new Quantity("100m"), "memory", new Quantity("512Mi")),
            Map.of("memory", new Quantity("2Gi")));

    /** Whether a spec has some, or may have some at any time. */
    static final String ENABLED = "has(self.workers) && has(self.workers.hosted)";

    /** Where a node keeps images, containers and volumes. It goes with the pod. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "size": {"maxLength": 32, "x-kubernetes-validations": [
                        {"rule": "isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",
                         "message": "must be a quantity, such as 20Gi"}]},
                      "storageClassName": {"maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}}}
                    """)
    public record HostedStorage(
            @JsonPropertyDescription(
                    "How much a node may keep. Of a node of the host cluster that lends it, who takes more is evicted."
                            + " Default: 10Gi.")
            String size,

            @JsonPropertyDescription(
                    "StorageClass of a volume that is made for each pod, and goes with it. Default: the disk of the node"
                            + " that the pod runs on.")
            String storageClassName) {

        /** The size where the spec names none. */
        public static final String DEFAULT_SIZE = "10Gi";
    }
}
