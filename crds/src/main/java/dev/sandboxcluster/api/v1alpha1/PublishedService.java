package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** A Service of the cluster that can be reached from outside. */
@ApiType
public record PublishedService(
        @JsonPropertyDescription("Its name in the spec.") String name,

        @JsonPropertyDescription("Host and port at which it is reached, or the URL of an Ingress, once they are known.")
        String address) {}
