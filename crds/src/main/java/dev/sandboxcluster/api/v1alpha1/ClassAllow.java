package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.List;

/**
 * What SandboxClusters of a class may set. What gives power in the host cluster, and isn't listed, is as the defaults have
 * it.
 */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "versions": {"maxItems": 32, "x-kubernetes-list-type": "set", "items": {"maxLength": 32,
                    "pattern": "^v1\\\\.[0-9]{1,3}(\\\\.[0-9]{1,3}(-rc[0-9]{1,2})?-k3s[0-9]{1,2})?$"}},
                  "images": {"maxItems": 32, "x-kubernetes-list-type": "set", "items": {"maxLength": 512, "minLength": 1,
                    "pattern": "^[^*[:space:]]+$"}},
                  "runtimeClassNames": {"maxItems": 16, "x-kubernetes-list-type": "set",
                    "items": {"maxLength": 253, "pattern": "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$"}},
                  "hostedRuntimeClassNames": {"maxItems": 16, "x-kubernetes-list-type": "set",
                    "items": {"maxLength": 253, "pattern": "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$"}},
                  "hostedEgress": {"maxItems": 2, "minItems": 1, "x-kubernetes-list-type": "set"},
                  "publishTypes": {"maxItems": 3, "x-kubernetes-list-type": "set"},
                  "storageClassNames": {"maxItems": 16, "x-kubernetes-list-type": "set",
                    "items": {"maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}},
                  "exposeTypes": {"maxItems": 3, "x-kubernetes-list-type": "set"},
                  "loadBalancerClasses": {"maxItems": 16, "x-kubernetes-list-type": "set",
                    "items": {"maxLength": 253, "pattern": "^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$"}},
                  "loadBalancerAnnotations": {"maxItems": 32, "x-kubernetes-list-type": "set",
                    "items": {"maxLength": 316, "minLength": 1}},
                  "extraArgs": {"maxItems": 32, "x-kubernetes-list-type": "set", "items": {"maxLength": 128,
                    "pattern": "^--[a-z0-9][-a-z0-9]*(=[A-Za-z0-9][-A-Za-z0-9_]*)?$"}},
                  "env": {"maxItems": 32, "x-kubernetes-list-type": "set", "items": {"maxLength": 128,
                    "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}},
                  "fields": {"maxItems": 32, "x-kubernetes-list-type": "set", "items": {"enum": [
                    "bootstrap", "controlPlane.affinity", "controlPlane.files", "controlPlane.imagePullSecrets",
                    "controlPlane.nodeSelector", "controlPlane.podMetadata", "controlPlane.priorityClassName",
                    "controlPlane.securityContext", "controlPlane.tolerations",
                    "controlPlane.topologySpreadConstraints", "expose.loadBalancer.sourceRanges", "kubeconfig.labels",
                    "outputs.argoCD", "storage.retentionPolicy", "workers", "workers.hosted.nodeSelector",
                    "workers.hosted.tolerations"]}}}}
                """)
public record ClassAllow(
        @JsonPropertyDescription(
                "Releases, as v1.33.5-k3s1, or minor versions, as v1.33, for version and the tag of controlPlane.image."
                        + " Default: any.")
        List<String> versions,

        @JsonPropertyDescription(
                "Images for controlPlane.image: repositories without tag, for tags that versions allows; or one image"
                        + " with its tag or digest. Default: only that of the defaults.")
        List<String> images,

        @JsonPropertyDescription(
                "For controlPlane.runtimeClassName; an empty string allows to run without isolation. Default: only that"
                        + " of the defaults, or gvisor.")
        List<String> runtimeClassNames,

        @JsonPropertyDescription(
                "For workers.hosted.runtimeClassName; an empty string allows privileged pods, whose sandboxes'"
                        + " administrators are root on a node. Default: none, there are no hosted workers.")
        List<String> hostedRuntimeClassNames,

        @JsonPropertyDescription("For workers.hosted.egress, which is Internet where it isn't set. Default: any.")
        List<HostedWorkers.Egress> hostedEgress,

        @JsonPropertyDescription("For the type of each of workers.hosted.publish. Default: none, nothing is published.")
        List<HostedPublication.Type> publishTypes,

        @JsonPropertyDescription(
                "For storage.storageClassName and workers.hosted.storage.storageClassName. Default: only that of the defaults.")
        List<String> storageClassNames,

        @JsonPropertyDescription("For expose.type. Default: only that of the defaults, or ClusterIP.")
        List<Expose.Type> exposeTypes,

        @JsonPropertyDescription("For expose.loadBalancer.loadBalancerClass. Default: only that of the defaults.")
        List<String> loadBalancerClasses,

        @JsonPropertyDescription(
                "Names of annotations for expose.loadBalancer.annotations, with any value. Default: only those of the"
                        + " defaults.")
        List<String> loadBalancerAnnotations,

        @JsonPropertyDescription("Flags for controlPlane.extraArgs with any value, as --kube-apiserver-arg, or"
                + " --kube-apiserver-arg=audit-log-path for one argument of a component. Default: only those of"
                + " the defaults.")
        List<String> extraArgs,

        @JsonPropertyDescription(
                "Names of variables for controlPlane.env, with any value. Default: only those of the defaults.")
        List<String> env,

        @JsonPropertyDescription(
                "Fields that SandboxClusters may set to anything. Default: none, they are as in the defaults.")
        List<String> fields) {

    /** Nothing but the defaults, and any version. */
    public static final ClassAllow EMPTY =
            new ClassAllow(null, null, null, null, null, null, null, null, null, null, null, null, null);
}
