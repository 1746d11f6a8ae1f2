package dev.sandboxcluster.e2e.bench;

import dev.sandboxcluster.e2e.Command;
import dev.sandboxcluster.e2e.Sandbox;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;

/**
 * The pod as the operator's StatefulSet has it, with its Secret and ConfigMap, all without an owner; and a Service that
 * leads to it from the beginning.
 *
 * @param manifest of the pod
 * @param ca that signed the certificate of its API server
 * @param port of the node that leads to it
 */
record BarePod(Lab lab, Path manifest, Path ca, int port) {

    private static final String NAME = "bare";
    private static final String COPIED = "copied";
    private static final String COPY_OF = "bare-";

    static BarePod copy(Lab lab) {
        KubernetesClient client = lab.host().client();
        lab.apply(COPIED, "expose: {type: NodePort}");
        Lab.waitFor("a StatefulSet", () -> statefulSet(client) != null);

        Secret keys = client.resource(copy(client.secrets()
                        .inNamespace(Lab.NAMESPACE)
                        .withName(COPIED + "-pki")
                        .get()))
                .create();
        client.resource(copy(client.configMaps()
                        .inNamespace(Lab.NAMESPACE)
                        .withName(COPIED + "-config")
                        .get()))
                .create();
        Pod pod = new PodBuilder()
                .withMetadata(metadata(NAME))
                .editMetadata()
                .addToLabels("pod", NAME)
                .endMetadata()
                .withSpec(statefulSet(client).getSpec().getTemplate().getSpec())
                .build();
        BarePod copy = new BarePod(
                lab,
                Sandbox.write(Serialization.asJson(pod).replace("\"" + COPIED + "-", "\"" + COPY_OF + COPIED + "-")),
                Sandbox.write(Sandbox.value(keys, "server-ca.crt")),
                client.resource(service()).create().getSpec().getPorts().get(0).getNodePort());
        lab.delete(COPIED);
        return copy;
    }

    void apply() {
        lab.kubectl("apply", "--filename=" + manifest).run().ok();
    }

    void delete() {
        lab.kubectl("delete", "pod", NAME, "--timeout=1m").run().ok();
    }

    /**
     * Prints what the pod answers, every 50 ms: 200 when its API is ready. Goes through the test bed's cable only, so that
     * nothing leaves the machine should the bed go down.
     */
    Command askReadyz() {
        return Command.of(
                        "curl",
                        "--silent",
                        "--interface",
                        System.getProperty("testbed.cable"),
                        "--rate",
                        "20/s",
                        "--max-time",
                        "1",
                        "--cacert",
                        ca.toString(),
                        "--connect-to",
                        "::" + lab.host().nodeAddress() + ":" + port,
                        "--output",
                        "/dev/null",
                        // Standard output would be held back.
                        "--write-out",
                        "%{stderr}%{http_code}\\n",
                        "https://kubernetes.default.svc/readyz?[1-" + Lab.PATIENCE.toSeconds() * 20 + "]")
                .within(Lab.PATIENCE);
    }

    private static StatefulSet statefulSet(KubernetesClient client) {
        return client.apps()
                .statefulSets()
                .inNamespace(Lab.NAMESPACE)
                .withName(COPIED)
                .get();
    }

    private static Secret copy(Secret original) {
        return new SecretBuilder(original)
                .withMetadata(copy(original.getMetadata()))
                .build();
    }

    private static ConfigMap copy(ConfigMap original) {
        return new ConfigMapBuilder(original)
                .withMetadata(copy(original.getMetadata()))
                .build();
    }

    private static ObjectMeta copy(ObjectMeta original) {
        return metadata(COPY_OF + original.getName());
    }

    private static ObjectMeta metadata(String name) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(Lab.NAMESPACE)
                .build();
    }

    private static Service service() {
        return new ServiceBuilder()
                .withMetadata(metadata(NAME))
                .withNewSpec()
                .withType("NodePort")
                .withPublishNotReadyAddresses(true)
                .addToSelector("pod", NAME)
                .addNewPort()
                .withPort(6443)
                .endPort()
                .endSpec()
                .build();
    }
}
