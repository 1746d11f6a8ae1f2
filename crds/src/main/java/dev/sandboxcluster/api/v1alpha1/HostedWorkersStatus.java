package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/** The hosted workers, as the cluster's own API shows them. */
@ApiType
public record HostedWorkersStatus(
        @JsonPropertyDescription("How many hosted nodes there are.")
        Integer nodes,

        @JsonPropertyDescription("How many of them are Ready.")
        Integer ready,

        @JsonPropertyDescription("The Services that can be reached from outside, where some are to be.")
        List<PublishedService> published) {

    /** The same with what is published. */
    public HostedWorkersStatus with(List<PublishedService> services) {
        return new HostedWorkersStatus(nodes, ready, services);
    }
}
