package dev.sandboxcluster.operator.capability.workers.simulated;

import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.pod.Contribution;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The container beside k3s in which kwok runs. It is the sandbox's administrator, by what k3s writes for its own parts. */
final class SimulationContainer {

    /** Its name. */
    static final String NAME = "simulation";

    private static final String CONFIG_DIR = "/etc/simulation";

    /** kwok gives up after a quarter of a minute without an API server, so it is begun when there is one. */
    private static final String START = "until [ -s " + K3s.ADMIN_KUBECONFIG + " ] && nc -w 1 127.0.0.1 " + K3s.API_PORT
            + " </dev/null >/dev/null 2>&1; do sleep 0.2; done; exec kwok --kubeconfig=" + K3s.ADMIN_KUBECONFIG
            + " --config=" + CONFIG_DIR + "/" + SimulationConfigMap.FILE + " --v=WARN";

    private static final Map<String, Quantity> REQUESTS =
            Map.of("cpu", new Quantity("10m"), "memory", new Quantity("48Mi"));
    private static final Quantity MEMORY = new Quantity("256Mi");
    private static final Map<String, Quantity> WHERE_LIMITED =
            Map.of("cpu", new Quantity("1"), "ephemeral-storage", new Quantity("64Mi"));

    private SimulationContainer() {}

    /** The container; as whom it runs, and with which rights, is as with k3s. */
    static Container desired(String image, Map<String, Quantity> controlPlane) {
        return new ContainerBuilder()
                .withName(NAME)
                .withImage(image)
                .withCommand("/bin/sh", "-c", START)
                .withEnv(
                        new EnvVar("HOME", "/", null),
                        new EnvVar("GOGC", "30", null),
                        new EnvVar("GOMEMLIMIT", "200MiB", null))
                .withResources(resources(controlPlane))
                .addNewVolumeMount()
                .withName(Contribution.DATA)
                .withMountPath(K3s.DATA_DIR)
                .withReadOnly(true)
                .endVolumeMount()
                .addNewVolumeMount()
                .withName(SimulationConfigMap.VOLUME)
                .withMountPath(CONFIG_DIR)
                .withReadOnly(true)
                .endVolumeMount()
                .build();
    }

    private static ResourceRequirements resources(Map<String, Quantity> controlPlane) {
        Map<String, Quantity> limits = new TreeMap<>(Map.of("memory", MEMORY));
        List.of("cpu", "ephemeral-storage").stream()
                .filter(controlPlane::containsKey)
                .forEach(resource -> limits.put(resource, WHERE_LIMITED.get(resource)));
        return new ResourceRequirementsBuilder()
                .withRequests(new TreeMap<>(REQUESTS))
                .withLimits(limits)
                .build();
    }
}
