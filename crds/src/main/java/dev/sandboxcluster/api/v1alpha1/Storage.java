package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Where the cluster's objects are kept. */
@ApiType
public record Storage(
        @JsonPropertyDescription(
                "Ephemeral: with the pod. They outlive a restart of the container, not the loss of the pod.")
        Type type) {

    /** How long the cluster's objects are kept. */
    public enum Type {
        /** As long as the pod. */
        Ephemeral
    }
}
