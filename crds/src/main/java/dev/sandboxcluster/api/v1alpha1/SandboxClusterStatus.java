package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import java.util.List;

/** What the operator knows about the cluster. Times are RFC 3339. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "version": {"maxLength": 64},
                  "startedAt": {"format": "date-time"},
                  "readyAt": {"format": "date-time"},
                  "lastUsedAt": {"format": "date-time"},
                  "expiresAt": {"format": "date-time"},
                  "certificatesExpireAt": {"format": "date-time"},
                  "conditions": {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                    "items": {"required": ["type", "status", "lastTransitionTime", "reason", "message"]}}}}
                """)
public record SandboxClusterStatus(
        @JsonPropertyDescription("The generation of the spec that this status is about.")
        Long observedGeneration,

        @JsonPropertyDescription("The version that the cluster's API server reports.")
        String version,

        @JsonPropertyDescription(
                "The image, where the spec doesn't name it in full; kept when the operator's defaults change.")
        String defaultImage,

        @JsonPropertyDescription("The API's URL in the published kubeconfig.")
        String endpoint,

        @JsonPropertyDescription("The API's URL for pods of the host cluster.")
        String internalEndpoint,

        @JsonPropertyDescription("The Secret with the kubeconfig, under the key value.")
        LocalObjectReference kubeconfigSecret,

        @JsonPropertyDescription(
                "SHA-256 of the certificate (server-ca.crt) that everybody who holds a kubeconfig trusts.")
        String caHash,

        @JsonPropertyDescription(
                "The UID of the pod in which the control plane runs; where storage is Ephemeral, also the"
                        + " objects.")
        String podUID,

        @JsonPropertyDescription(
                "The PersistentVolumeClaim in which the cluster's objects live, where storage is Persistent.")
        String volumeClaimName,

        @JsonPropertyDescription("When the control plane's container was last started.")
        String startedAt,

        @JsonPropertyDescription("When the cluster was Ready for the first time.")
        String readyAt,

        @JsonPropertyDescription("When somebody was connected last, with a minute's precision; for expose.type Router.")
        String lastUsedAt,

        @JsonPropertyDescription("When the cluster ends by itself, by spec.lifetime.")
        String expiresAt,

        @JsonPropertyDescription(
                "When the certificates end that k3s makes for itself. They are renewed at a start shortly before.")
        String certificatesExpireAt,

        @JsonProperty("class")
        @JsonPropertyDescription("The class that the cluster is of, where there is one, and what it has of it.")
        ClassStatus ofClass,

        @JsonPropertyDescription("The workers, where there may be any.")
        WorkersStatus workers,

        @JsonPropertyDescription("Ready sums up the others.")
        List<Condition> conditions) {

    /** The status of a cluster about which nothing is known yet. */
    public static final SandboxClusterStatus EMPTY = new SandboxClusterStatus(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, List.of());
}
