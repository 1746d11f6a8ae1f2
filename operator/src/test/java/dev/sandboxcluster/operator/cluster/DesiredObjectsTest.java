package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.Golden;
import dev.sandboxcluster.operator.capability.authentication.AuthenticationConfigMap;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneNetworkPolicy;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneStatefulSet;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.exposure.ServiceAddresses;
import dev.sandboxcluster.operator.capability.storage.VolumeClaim;
import dev.sandboxcluster.operator.capability.workers.hosted.HostedNetworkPolicy;
import dev.sandboxcluster.operator.capability.workers.hosted.HostedScale;
import dev.sandboxcluster.operator.capability.workers.hosted.HostedStatefulSet;
import dev.sandboxcluster.operator.capability.workers.hosted.PublishingIngress;
import dev.sandboxcluster.operator.capability.workers.hosted.PublishingService;
import dev.sandboxcluster.operator.capability.workers.simulated.SimulationConfigMap;
import dev.sandboxcluster.operator.config.IngressPolicy;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DesiredObjectsTest {

    private static final IngressPolicy INGRESSES = new IngressPolicy(
            List.of("*.previews.example.com"),
            Optional.of("nginx"),
            Map.of("cert-manager.io/cluster-issuer", "previews"));

    private static final ServiceAddresses ADDRESSES = new ServiceAddresses(
            Optional.of("10.96.0.7"), Optional.of(30443), Optional.of("192.0.2.9"), Optional.empty());

    static Stream<Path> cases() {
        return Golden.cases("desired");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void objects(Path directory) {
        SandboxCluster cluster = Golden.read(directory, "in-cluster.yaml", SandboxCluster.class);
        Identity sandbox = Identity.of(cluster);
        Settings settings = Settings.of(
                cluster,
                cluster.getSpec(),
                Optional.ofNullable(cluster.getStatus()).orElse(SandboxClusterStatus.EMPTY),
                OperatorConfig.from(Map.of()),
                Optional.empty(),
                Optional.empty());
        Exposed exposed = new Exposed(
                Optional.of(ADDRESSES),
                Optional.empty(),
                Optional.empty(),
                settings.exposure().type().forWorkers(ADDRESSES));

        Golden.check(
                directory,
                "out-statefulset.yaml",
                ControlPlaneStatefulSet.desired(sandbox, settings.controlPlane(), settings.pod(sandbox, exposed)));
        Golden.check(directory, "out-service.yaml", settings.exposure().type().service(sandbox));
        Golden.check(
                directory, "out-networkpolicy.yaml", ControlPlaneNetworkPolicy.desired(sandbox, settings.egress()));
        settings.storage()
                .claim()
                .ifPresent(claim -> Golden.check(
                        directory,
                        "out-persistentvolumeclaim.yaml",
                        VolumeClaim.desired(sandbox, claim, "0123abcd", Optional.empty(), Optional.empty())));
        settings.simulated()
                .ifPresent(simulated -> Golden.check(
                        directory, "out-simulation.yaml", outlined(SimulationConfigMap.desired(sandbox, simulated))));
        settings.hosted().ifPresent(hosted -> {
            Golden.check(
                    directory,
                    "out-workers-statefulset.yaml",
                    HostedStatefulSet.desired(
                            sandbox,
                            hosted,
                            "0123abcd",
                            "a-pod",
                            HostedScale.Step.to(hosted.nodes().count()),
                            Optional.empty()));
            Golden.check(
                    directory,
                    "out-workers-networkpolicy.yaml",
                    HostedNetworkPolicy.desired(
                            sandbox,
                            List.of("10.96.0.0/16", "203.0.113.0/24", "2001:db8::/64"),
                            hosted.internet(),
                            hosted.published().isEmpty() ? List.of() : List.of(31080, 30443),
                            exposed.forWorkers().map(at -> Map.entry(at.host(), at.port()))));
            hosted.published()
                    .forEach(published -> Golden.check(
                            directory,
                            "out-published-" + published.name() + ".yaml",
                            PublishingService.desired(
                                    sandbox,
                                    published,
                                    Optional.of(31080)
                                            .filter(any -> !published.name().equals("later")),
                                    Optional.empty())));
            hosted.published().forEach(published -> published
                    .ingress()
                    .ifPresent(ingress -> Golden.check(
                            directory,
                            "out-ingress-" + published.name() + ".yaml",
                            PublishingIngress.desired(sandbox, published, ingress, INGRESSES))));
        });
        Golden.check(
                directory, "out-configmap.yaml", AuthenticationConfigMap.desired(sandbox, settings.authentication()));
    }

    /** What kwok plays is a file of its own; here, the names of it. */
    private static ConfigMap outlined(ConfigMap simulation) {
        simulation.getData().replaceAll((file, text) -> text.lines()
                .filter(line -> line.startsWith("kind:") || line.startsWith("  name:"))
                .map(line -> line.replaceAll(" #.*", ""))
                .collect(Collectors.joining("\n")));
        return simulation;
    }
}
