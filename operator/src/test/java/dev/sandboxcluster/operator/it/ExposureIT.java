package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The address under which a cluster is published: taken when it is free, told when it is there. */
class ExposureIT extends OperatorFixture {

    @Test
    void aNodePortThatIsTakenIsSaidAndTakenWhenItGetsFree() {
        sandboxes.apply("first", "expose: {type: NodePort, nodePort: {port: 30012, hostName: nodes.example.com}}");
        Secret first = sandboxes.awaitObject(Secret.class, "first-kubeconfig");
        assertThat(Sandboxes.value(first, "server")).isEqualTo("https://nodes.example.com:30012");

        sandboxes.apply("second", "expose: {type: NodePort, nodePort: {port: 30012}}");
        assertThat(sandboxes
                        .awaitReason("second", "Ready", "NodePortUnavailable")
                        .getMessage())
                .contains("provided port is already allocated", "choose another");

        sandboxes.object(SandboxCluster.class, "first").delete();
        sandboxes.object(Service.class, "first").delete();
        sandboxes.awaitReason("second", "Ready", "PodPending");
    }

    @Test
    void theKindOfExposureCanBeChangedWhileItRuns() {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        String address = sandboxes.awaitObject(Service.class, "demo").getSpec().getClusterIP();

        for (String expose : List.of(
                "type: LoadBalancer, loadBalancer: {loadBalancerClass: a.io/b, annotations: {a.io/pool: x},"
                        + " sourceRanges: [192.0.2.0/24], externalTrafficPolicy: Local}",
                "type: NodePort, nodePort: {port: 30077}",
                "type: LoadBalancer",
                "type: LoadBalancer, loadBalancer: {annotations: {a.io/pool: y}}",
                "type: ClusterIP")) {
            sandboxes.apply("demo", "expose: {%s}".formatted(expose));
            Service service = sandboxes.awaitObject(
                    Service.class,
                    "demo",
                    now -> expose.contains("type: " + now.getSpec().getType())
                            && expose.contains("a.io/pool")
                                    == (now.getMetadata().getAnnotations() != null
                                            && now.getMetadata()
                                                    .getAnnotations()
                                                    .containsKey("a.io/pool")));
            assertThat(service.getSpec().getClusterIP()).isEqualTo(address);
            sandboxes.awaitReason("demo", "Ready", "PodPending");
        }
    }

    @Test
    void anOperatorWithoutRouterSaysSo() {
        sandboxes.apply("demo", "expose: {type: Router}");

        assertThat(sandboxes.awaitReason("demo", "Ready", "RouterNotInstalled").getMessage())
                .contains("router.enabled");
        sandboxes.apply("demo", "expose: {type: ClusterIP}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
    }

    @Test
    void aLoadBalancersAddressIsPublishedWhenItIsThere() {
        sandboxes.apply("demo", "expose: {type: LoadBalancer, loadBalancer: {annotations: {example.com/pool: a}}}");

        Service service = sandboxes.awaitObject(Service.class, "demo");
        assertThat(service.getSpec().getType()).isEqualTo("LoadBalancer");
        assertThat(service.getMetadata().getAnnotations()).containsEntry("example.com/pool", "a");
        assertThat(sandboxes
                        .awaitReason("demo", "CredentialsReady", "WaitingForAddress")
                        .getMessage())
                .contains("no load balancer");
        sandboxes.awaitObject(StatefulSet.class, "demo");

        sandboxes.balance("demo", "192.0.2.9", null);
        assertThat(Sandboxes.value(sandboxes.awaitObject(Secret.class, "demo-kubeconfig"), "server"))
                .isEqualTo("https://192.0.2.9:443");
    }
}
