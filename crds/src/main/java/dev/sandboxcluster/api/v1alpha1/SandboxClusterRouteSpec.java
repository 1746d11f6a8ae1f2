package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import java.util.List;

/** Where a sandbox is, and how it does. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "serverNames": {"maxItems": 4, "items": {"maxLength": 253}},
                  "quietServerNames": {"maxItems": 4, "items": {"maxLength": 253}},
                  "addresses": {"maxItems": 4, "items": {"maxLength": 64}},
                  "containerID": {"maxLength": 256}}}
                """)
public record SandboxClusterRouteSpec(
        @JsonPropertyDescription("The TLS server names of the sandbox, in lower case.")
        List<String> serverNames,

        @JsonPropertyDescription(
                "Further names of it. Who comes by one of these counts as nobody, and wakes nothing: the operator itself.")
        List<String> quietServerNames,

        @JsonPropertyDescription(
                "Where it is to be dialled, each as IP:port, in this order: its pod, then its Service. None: nothing runs.")
        List<String> addresses,

        @JsonPropertyDescription(
                "Starting: connections wait until it can be used, but for those by a quiet name. Awake: connections go on to"
                        + " it. Dozing: the same, and the operator"
                        + " is told, for its processes are stopped. Suspended: connections wait, and the operator is told, for"
                        + " nothing runs. Stopped: connections are refused.")
        State state,

        @JsonPropertyDescription(
                "How often status.lastUsedAt is written at most, in seconds, while somebody is connected.")
        @Min(1)
        @Max(3600)
        Integer reportSeconds,

        @JsonPropertyDescription("The container whose processes are stopped, where it dozes.")
        String containerID) {

    /** A route to nowhere. */
    public static final SandboxClusterRouteSpec EMPTY =
            new SandboxClusterRouteSpec(List.of(), List.of(), List.of(), State.Stopped, null, null);

    /** How a sandbox does, as the router has to know it. */
    public enum State {
        /** It can't be used yet: its API server doesn't know what users may do. */
        Starting,
        /** It runs. */
        Awake,
        /** Its processes are stopped, until somebody comes. */
        Dozing,
        /** It has no pod, until somebody comes. */
        Suspended,
        /** It has no pod, whoever comes. */
        Stopped
    }
}
