package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.pod.Contribution;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How a sandbox is exposed, and under which names; pure.
 *
 * @param names names and addresses for the serving certificate, in the order of the flags
 */
public record ExposureSettings(Exposure type, List<String> names) {

    /**
     * What the spec says, with the defaults.
     *
     * @param router where the router is; empty: there is none
     */
    public static ExposureSettings of(Identity sandbox, SandboxClusterSpec spec, Optional<RouterFront> router) {
        String inNamespace = sandbox.name() + "." + sandbox.namespace();
        Exposure type = Exposure.of(sandbox, Optional.ofNullable(spec.expose()), router);
        return new ExposureSettings(
                type,
                Stream.of(
                                List.of(
                                        sandbox.name(),
                                        inNamespace,
                                        inNamespace + ".svc",
                                        inNamespace + ".svc.cluster.local"),
                                type.names(),
                                Optional.ofNullable(spec.tlsSANs()).orElse(List.of()))
                        .flatMap(List::stream)
                        .distinct()
                        .toList());
    }

    /**
     * What the pod needs for it.
     *
     * @param clusterIp the address of the sandbox's Service
     */
    public Contribution contribution(Optional<String> clusterIp) {
        return Contribution.ofArguments(ServerArguments.servingNames(Stream.of(
                                names.stream(),
                                clusterIp.stream(),
                                type.podFields().keySet().stream().map("$(%s)"::formatted))
                        .flatMap(Function.identity())
                        .toList()))
                .withPodFields(type.podFields());
    }
}
