package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.Config;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sandboxes that share the router's address, with no more than the Roles that the chart gives. */
class RouterExposureIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    private static final String ROUTER = RouterRelease.SERVICE;

    private Sandboxes sandboxes;
    private Sandboxes release;
    private RunningOperator operator;
    private Config permissions;

    @BeforeEach
    void start() {
        HOST.runtimeClass("gvisor");
        sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
        release = new Sandboxes(HOST.admin(), HOST.namespace());
        permissions = HOST.anotherOperator(release.namespace(), sandboxes.namespace(), "--set=router.enabled=true");
        routerService("LoadBalancer");
        operator = start(permissions);
    }

    private RunningOperator start(Config permissions) {
        return RunningOperator.start(permissions, RouterRelease.environment(release, sandboxes));
    }

    @AfterEach
    void stop() {
        operator.close();
    }

    @Test
    void theAddressIsTheRoutersAsSoonAsThatHasOne() {
        sandboxes.apply("demo", "expose: {type: Router}");
        assertThat(sandboxes
                        .awaitReason("demo", "CredentialsReady", "WaitingForAddress")
                        .getMessage())
                .contains("router");

        release.balance(ROUTER, "192.0.2.7", null);
        Secret kubeconfig = sandboxes.awaitObject(Secret.class, "demo-kubeconfig");

        String name = "demo." + sandboxes.namespace() + ".sandboxes.internal";
        assertThat(Sandboxes.value(kubeconfig, "value"))
                .contains("server: \"https://192.0.2.7:443\"", "tls-server-name: \"" + name);
        assertThat(Sandboxes.value(kubeconfig, "internal"))
                .contains(
                        "server: \"https://" + ROUTER + "-internal." + release.namespace() + ".svc:443",
                        "tls-server-name: \"" + name);
        assertThat(sandboxes.get("demo").getStatus().internalEndpoint())
                .isEqualTo("https://" + ROUTER + "-internal." + release.namespace() + ".svc:443");
        assertThat(Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, "demo"))
                        .getArgs())
                .contains("--tls-san=" + name);
        assertThat(sandboxes.awaitObject(Service.class, "demo").getSpec().getType())
                .isEqualTo("ClusterIP");
    }

    @Test
    void theRouterIsToldWhereThePodIsAndWhenThereIsToBeNone() {
        release.balance(ROUTER, "192.0.2.7", null);
        sandboxes.apply("demo", "expose: {type: Router}");
        SandboxClusterRouteSpec first =
                sandboxes.awaitObject(SandboxClusterRoute.class, "demo").getSpec();
        assertThat(first.state()).isEqualTo(SandboxClusterRouteSpec.State.Starting);
        assertThat(first.serverNames()).containsExactly("demo." + sandboxes.namespace() + ".sandboxes.internal");
        assertThat(first.addresses()).isNullOrEmpty();

        podAt("10.1.2.3");
        String service = sandboxes.awaitObject(Service.class, "demo").getSpec().getClusterIP() + ":443";
        sandboxes.awaitObject(
                SandboxClusterRoute.class,
                "demo",
                route -> route.getSpec().addresses() != null
                        && route.getSpec().addresses().equals(List.of("10.1.2.3:6443", service)));

        sandboxes.apply("demo", "expose: {type: Router}, operatingMode: Suspended");
        sandboxes.awaitObject(
                SandboxClusterRoute.class,
                "demo",
                route -> route.getSpec().state() == SandboxClusterRouteSpec.State.Stopped);

        sandboxes.apply("demo", "expose: {type: ClusterIP}");
        sandboxes.awaitObject(
                SandboxClusterRoute.class,
                "demo",
                route -> route.getSpec().serverNames() == null
                        || route.getSpec().serverNames().isEmpty());
    }

    /** A kubelet that was started anew says of all that they aren't started, until it has asked them. */
    @Test
    void usersWaitUntilItCanBeUsedAndNotAgainUntilItsContainerEnds() {
        release.balance(ROUTER, "192.0.2.7", null);
        sandboxes.apply("demo", "expose: {type: Router}");
        podAt("10.1.2.3");
        await().until(() -> state() == SandboxClusterRouteSpec.State.Awake);
        await().ignoreExceptions().until(() -> "2026-11-26T08:00:00Z"
                .equals(sandboxes.get("demo").getStatus().startedAt()));

        container("10.1.2.3", false, "2026-11-26T08:00:00Z");
        await().during(Duration.ofSeconds(2)).until(() -> state() == SandboxClusterRouteSpec.State.Awake);

        container("10.1.2.3", false, "2026-11-26T09:00:00Z");
        await().until(() -> state() == SandboxClusterRouteSpec.State.Starting);
        sandboxes.apply("demo", "expose: {type: Router}, kubeconfig: {contextName: another}");
        await().during(Duration.ofSeconds(2)).until(() -> state() == SandboxClusterRouteSpec.State.Starting);

        container("10.1.2.3", true, "2026-11-26T09:00:00Z");
        await().until(() -> state() == SandboxClusterRouteSpec.State.Awake);
    }

    private SandboxClusterRouteSpec.State state() {
        return sandboxes
                .awaitObject(SandboxClusterRoute.class, "demo")
                .getSpec()
                .state();
    }

    @Test
    void anotherAddressOfTheRouterIsPublishedEverywhere() {
        release.balance(ROUTER, "192.0.2.7", null);
        sandboxes.apply("demo", "expose: {type: Router}");
        sandboxes.awaitObject(Secret.class, "demo-kubeconfig");

        release.balance(ROUTER, "192.0.2.8", null);

        await().untilAsserted(() -> assertThat(
                        Sandboxes.value(sandboxes.awaitObject(Secret.class, "demo-kubeconfig"), "server"))
                .isEqualTo("https://192.0.2.8:443"));
    }

    /** An operator that starts may hear of sandboxes before it hears of the router, or never hear of that. */
    @Test
    void whatWasPublishedStaysWhereTheRoutersServiceCannotBeRead() {
        release.balance(ROUTER, "192.0.2.7", null);
        sandboxes.apply("demo", "expose: {type: Router}");
        sandboxes.awaitObject(Secret.class, "demo-kubeconfig");
        await().ignoreExceptions().until(() -> "https://192.0.2.7:443"
                .equals(sandboxes.get("demo").getStatus().endpoint()));
        operator.close();
        HOST.admin()
                .rbac()
                .roles()
                .inNamespace(release.namespace())
                .withName(ROUTER + "-address")
                .delete();

        operator = start(permissions);
        sandboxes.apply("demo", "expose: {type: Router}, kubeconfig: {contextName: another}");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> Sandboxes.value(sandboxes.awaitObject(Secret.class, "demo-kubeconfig"), "value")
                        .contains("another"));
        assertThat(Sandboxes.value(sandboxes.awaitObject(Secret.class, "demo-kubeconfig"), "value"))
                .contains("https://192.0.2.7:443", "tls-server-name: \"demo.");
        assertThat(sandboxes.get("demo").getStatus().endpoint()).isEqualTo("https://192.0.2.7:443");
    }

    @Test
    void machinesJoinAtAPortOfTheirOwn() {
        release.balance(ROUTER, "192.0.2.7", null);
        sandboxes.apply(
                "demo",
                "expose: {type: Router, nodePort: {hostName: 192.0.2.1}}, workers: {external: {enabled: true}},"
                        + " storage: {type: Persistent}");

        assertThat(sandboxes.awaitObject(Service.class, "demo").getSpec().getType())
                .isEqualTo("NodePort");
        assertThat(Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, "demo"))
                        .getArgs())
                .contains("--tls-san=192.0.2.1");
        assertThat(Sandboxes.value(sandboxes.awaitObject(Secret.class, "demo-kubeconfig"), "server"))
                .isEqualTo("https://192.0.2.7:443");
    }

    private void podAt(String address) {
        Pod pod = new PodBuilder(new PodBuilder()
                        .withNewMetadata()
                        .withName("demo-0")
                        .withNamespace(sandboxes.namespace())
                        .withLabels(sandboxes
                                .awaitObject(StatefulSet.class, "demo")
                                .getSpec()
                                .getTemplate()
                                .getMetadata()
                                .getLabels())
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("k3s")
                        .withImage("example.com/none")
                        .endContainer()
                        .withAutomountServiceAccountToken(false)
                        .endSpec()
                        .build())
                .build();
        HOST.admin().resource(pod).create();
        container(address, true, "2026-11-26T08:00:00Z");
    }

    private void container(String address, boolean started, String startedAt) {
        sandboxes.object(Pod.class, "demo-0").editStatus(present -> new PodBuilder(present)
                .withNewStatus()
                .withPodIP(address)
                .addNewPodIP(address)
                .addNewContainerStatus()
                .withName("k3s")
                .withImage("example.com/none")
                .withImageID("one")
                .withContainerID("containerd://" + startedAt)
                .withReady(started)
                .withStarted(started)
                .withRestartCount(0)
                .withNewState()
                .withNewRunning(startedAt)
                .endState()
                .endContainerStatus()
                .endStatus()
                .build());
    }

    private void routerService(String type) {
        HOST.admin().resource(RouterRelease.service(release, type)).create();
    }
}
