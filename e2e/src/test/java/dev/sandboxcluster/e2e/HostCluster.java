package dev.sandboxcluster.e2e;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The cluster of a test bed that is up, as its administrator has it.
 *
 * @param controlPlane what the sandboxes run
 */
public record HostCluster(Path kubeconfig, ControlPlane controlPlane, KubernetesClient client)
        implements AutoCloseable {

    /** The namespace of the operator. */
    public static final String SYSTEM = "sandboxcluster-system";

    /** The operator's Helm release. */
    public static final String RELEASE = "sandboxcluster-operator";

    /**
     * What the sandboxes of the test bed run.
     *
     * @param kind {@code k3s} or {@code stand-in}
     * @param repository of the image
     * @param tag of the image
     * @param anotherTag of the same image, as if it were another release
     */
    public record ControlPlane(String kind, String repository, String tag, String anotherTag) {

        private static ControlPlane ofTestBed() {
            Map<String, String> assignments = Bed.command("control-plane-image")
                    .run()
                    .ok()
                    .lines()
                    .map(line -> line.split("=", 2))
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
            return new ControlPlane(
                    assignments.get("CONTROL_PLANE_KIND"),
                    assignments.get("CONTROL_PLANE_REPOSITORY"),
                    assignments.get("CONTROL_PLANE_TAG"),
                    assignments.get("CONTROL_PLANE_ANOTHER_TAG"));
        }

        /** Whether it is the stand-in for k3s. */
        public boolean standIn() {
            return kind.equals("stand-in");
        }
    }

    public static HostCluster ofTestBed() {
        Path kubeconfig = Path.of(Bed.command("kubeconfig").run().ok().strip());
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
                        // Not told from the file, where the key is in PKCS #8.
                        .withClientKeyAlgo("EC")
                        .build())
                .build();
        return new HostCluster(kubeconfig, ControlPlane.ofTestBed(), client);
    }

    /** {@code kubectl} as its administrator. */
    public Command kubectl(String... words) {
        return Bed.kubectl(kubeconfig, words);
    }

    /** The address of its node, at which machines reach node ports. */
    public String nodeAddress() {
        return client.nodes().list().getItems().get(0).getStatus().getAddresses().stream()
                .filter(address -> address.getType().equals("InternalIP"))
                .findFirst()
                .orElseThrow()
                .getAddress();
    }

    @Override
    public void close() {
        client.close();
    }
}
