package dev.sandboxcluster.operator.capability.workers.simulated;

import dev.sandboxcluster.api.v1alpha1.ControlPlane;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SimulatedWorkers;
import dev.sandboxcluster.api.v1alpha1.SimulatedWorkers.Architecture;
import dev.sandboxcluster.api.v1alpha1.SimulatedWorkers.WebhookFailurePolicy;
import dev.sandboxcluster.api.v1alpha1.Workers;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Ignored;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.NodeTemplate;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.pod.Contribution;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Simulated workers with every default filled in; pure.
 *
 * @param count how many Nodes there are
 * @param capacity what each has to give, by name of the resource
 * @param ignoreWebhooks whether webhooks that simulated pods are to answer are ignored
 * @param image with kwok in it
 * @param others whether there may be nodes besides, with kubelets that must be heard of
 * @param metrics whether there is to be something that stands for a metrics server: it would be in the way of a real one
 */
public record SimulatedSettings(
        int count,
        Map<String, Quantity> capacity,
        Map<String, String> labels,
        List<Taint> taints,
        Architecture architecture,
        boolean ignoreWebhooks,
        String image,
        boolean others,
        boolean metrics) {

    private static final String METRICS_SERVER = "metrics-server";

    private static final Map<String, Quantity> DEFAULT_CAPACITY = Map.of(
            "cpu",
            new Quantity("8"),
            "memory",
            new Quantity("32Gi"),
            "pods",
            new Quantity("110"),
            "ephemeral-storage",
            new Quantity("100Gi"));

    /**
     * What the spec says, with the defaults; empty: no workers are simulated.
     *
     * @param image with kwok in it
     * @param others whether machines may join
     */
    public static Optional<SimulatedSettings> of(SandboxClusterSpec spec, String image, boolean others) {
        return Optional.ofNullable(spec.workers())
                .map(Workers::simulated)
                .map(simulated -> new SimulatedSettings(
                        Optional.ofNullable(simulated.count()).orElse(1),
                        capacity(simulated),
                        Optional.ofNullable(simulated.labels()).orElse(Map.of()),
                        Optional.ofNullable(simulated.taints()).orElse(List.of()),
                        Optional.ofNullable(simulated.architecture()).orElse(Architecture.amd64),
                        simulated.webhookFailurePolicy() == WebhookFailurePolicy.Ignore,
                        image,
                        others,
                        !others && !hasMetricsServer(spec)));
    }

    private static boolean hasMetricsServer(SandboxClusterSpec spec) {
        return Optional.ofNullable(spec.controlPlane())
                .map(ControlPlane::enable)
                .filter(enabled -> enabled.contains(METRICS_SERVER))
                .isPresent();
    }

    private static Map<String, Quantity> capacity(SimulatedWorkers simulated) {
        Map<String, Quantity> capacity = new TreeMap<>(DEFAULT_CAPACITY);
        capacity.putAll(Optional.ofNullable(simulated.capacity()).orElse(Map.of()));
        return capacity;
    }

    /**
     * What the pod needs for it. Where all nodes are simulated, none is taken for lost: a heartbeat of each would cost CPU
     * all the time, and after a doze all would be late. Nothing is done there that is for kubelets alone.
     *
     * @param controlPlane what the k3s container may use: a quota may want the same to be named here
     */
    public static Contribution contribution(
            Optional<SimulatedSettings> settings, Identity sandbox, Map<String, Quantity> controlPlane) {
        return settings.map(simulated -> new Contribution(
                        List.of("mkdir -p " + K3s.DATABASE_DIR),
                        simulated.flags(),
                        Map.of(),
                        Map.of(),
                        List.of(SimulationConfigMap.volume(sandbox)),
                        List.of(),
                        List.of(SimulationContainer.desired(simulated.image, controlPlane)),
                        List.of()))
                .orElse(Contribution.NONE);
    }

    private List<String> flags() {
        return Stream.of(
                        ServerArguments.largeDatabase(),
                        ServerArguments.volumesOfNoNode(),
                        others ? List.<String>of() : ServerArguments.nodesWithoutKubelets())
                .flatMap(List::stream)
                .toList();
    }

    /** Which webhooks are ignored. */
    Ignored webhooks() {
        if (!ignoreWebhooks) {
            return Ignored.NONE;
        }
        return others ? Ignored.UNANSWERED : Ignored.ALL_BUT_ANSWERED;
    }

    /**
     * How the Nodes are made.
     *
     * @param version of the API server
     */
    NodeTemplate template(String version) {
        return new NodeTemplate(capacity, labels, taints, architecture.name(), version);
    }
}
