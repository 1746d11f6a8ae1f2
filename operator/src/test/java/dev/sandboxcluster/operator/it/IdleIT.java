package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.router.RunningRouter;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sandboxes that nobody uses, with no more than the Roles that the chart gives. There is no kubelet: the test is the router. */
class IdleIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    private static final String ROUTER = RouterRelease.SERVICE;
    private static final String DOZES = "expose: {type: Router}, lifetime: {dozeAfter: 10s}";

    private Sandboxes sandboxes;
    private Sandboxes release;
    private Config permissions;
    private RunningOperator operator;
    private Optional<RunningRouter> router = Optional.empty();

    @BeforeEach
    void start() {
        HOST.runtimeClass("gvisor");
        sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
        release = new Sandboxes(HOST.admin(), HOST.namespace());
        permissions = HOST.anotherOperator(
                release.namespace(), sandboxes.namespace(), "--set=router.enabled=true", "--set=doze.enabled=true");
        HOST.admin().resource(RouterRelease.service(release, "LoadBalancer")).create();
        release.balance(ROUTER, "192.0.2.7", null);
        operator = operator(true);
    }

    @AfterEach
    void stop() {
        operator.close();
        router.ifPresent(RunningRouter::close);
    }

    @Test
    void thePodOfOneThatMayDozeIsNotLookedAtByItsNode() {
        sandboxes.apply("demo", DOZES);

        assertThat(Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, "demo")))
                .satisfies(k3s -> assertThat(k3s.getStartupProbe()).isNotNull())
                .satisfies(k3s -> assertThat(k3s.getLivenessProbe()).isNull())
                .satisfies(k3s -> assertThat(k3s.getReadinessProbe()).isNull());
    }

    @Test
    void saysWhatKeepsItFromDozing() {
        sandboxes.apply("demo", "expose: {type: NodePort}, lifetime: {dozeAfter: 10s}");
        sandboxes.awaitReason("demo", "Dozing", "RouterNeeded");

        sandboxes.apply("demo", DOZES);
        sandboxes.awaitReason("demo", "Dozing", "NotSettled");

        sandboxes.apply("demo", "expose: {type: Router}, lifetime: {suspendAfterIdle: 10s}");
        sandboxes.awaitReason("demo", "Dozing", "PersistentStorageNeeded");

        sandboxes.apply("demo", "expose: {type: Router}");
        await().until(() -> sandboxes.condition("demo", "Dozing").isEmpty());
    }

    @Test
    void anOperatorWithoutTheRightSaysSo() {
        operator.close();
        operator = operator(false);
        sandboxes.apply("demo", DOZES);

        sandboxes.awaitReason("demo", "Dozing", "DozeNotEnabled");
        assertThat(Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, "demo"))
                        .getLivenessProbe())
                .isNotNull();
    }

    /** As an operator finds it that starts while something is under way in a sandbox that dozed. */
    @Test
    void whatCannotBeWokenIsSaidAndKeepsItsRoute() {
        sandboxes.apply("demo", DOZES);
        podRuns();
        await().until(() -> state() == State.Awake);
        tellTheRouter("{\"state\": \"Dozing\", \"containerID\": \"containerd://one\"}");

        assertThat(sandboxes
                        .awaitReason("demo", "Dozing", "ProcessesNotReached")
                        .getMessage())
                .contains("can't let them go on", "delete the pod");
        assertThat(state()).as("it may be stopped still").isEqualTo(State.Dozing);
    }

    @Test
    void whenItWasUsedLastIsToldToTheMinute() {
        sandboxes.apply("demo", "expose: {type: Router}");
        sandboxes.awaitObject(SandboxClusterRoute.class, "demo");

        sandboxes
                .object(SandboxClusterRoute.class, "demo")
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\": {\"lastUsedAt\": \"2026-11-26T08:09:31Z\"}}");

        await().untilAsserted(() ->
                assertThat(sandboxes.get("demo").getStatus().lastUsedAt()).isEqualTo("2026-11-26T08:09:00Z"));
    }

    /** There is no pod to be waited for, and who comes gets one. */
    @Test
    void oneThatIsSuspendedStaysSoUntilSomebodyComes() {
        sandboxes.apply(
                "demo",
                "expose: {type: Router}, storage: {type: Persistent, storageClassName: fast}, lifetime: {suspendAfterIdle: 1h}");
        sandboxes.awaitObject(StatefulSet.class, "demo");
        tellTheRouter("{\"state\": \"Suspended\"}");

        assertThat(sandboxes.awaitReason("demo", "Ready", "Suspended").getMessage())
                .contains("Nobody has been connected for 1h", "until the next connection");
        sandboxes.awaitObject(
                StatefulSet.class, "demo", present -> present.getSpec().getReplicas() == 0);
        assertThat(sandboxes.awaitReason("demo", "Suspended", "Suspended").getStatus())
                .isEqualTo("True");
        operator.close();
        operator = operator(true);

        SandboxClusterRoute route = sandboxes.awaitObject(SandboxClusterRoute.class, "demo");
        assertThat(route.getSpec().state()).isEqualTo(State.Suspended);
        sandboxes
                .object(SandboxClusterRoute.class, "demo")
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\": {\"demandedGeneration\": %d}}"
                                .formatted(route.getMetadata().getGeneration()));

        sandboxes.awaitObject(
                StatefulSet.class, "demo", present -> present.getSpec().getReplicas() == 1);
        await().until(() -> state() == State.Starting);
    }

    @Test
    void whoComesToOneThatIsSuspendedByHandWakesNothing() {
        String spec = "expose: {type: Router}, storage: {type: Persistent, storageClassName: fast},"
                + " lifetime: {suspendAfterIdle: 1h}";
        sandboxes.apply("demo", spec);
        sandboxes.awaitObject(SandboxClusterRoute.class, "demo");
        sandboxes.apply("demo", spec + ", operatingMode: Suspended");
        sandboxes.awaitReason("demo", "Ready", "Suspended");
        tellTheRouter("{\"state\": \"Suspended\"}");

        await().until(() -> state() == State.Stopped);
    }

    @Test
    void oneThatNobodyUsesIsDeletedAndSaysNoEndThatCouldBeCountedOn() throws IOException {
        router = Optional.of(RunningRouter.start(HOST.admin(), sandboxes.namespace()));
        operator.close();
        operator = operator(true);
        sandboxes.apply("demo", "expose: {type: Router}, lifetime: {deleteAfterIdle: 1m}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        Instant known = Instant.parse(sandboxes
                .awaitObject(SandboxClusterRoute.class, "demo")
                .getMetadata()
                .getCreationTimestamp());
        assertThat(sandboxes.get("demo").getStatus().expiresAt()).isNull();

        await().atMost(Duration.ofMinutes(4))
                .until(() -> sandboxes.object(SandboxCluster.class, "demo").get() == null);

        assertThat(Instant.now()).isAfter(known.plus(Duration.ofMinutes(1)));
    }

    private State state() {
        return sandboxes
                .awaitObject(SandboxClusterRoute.class, "demo")
                .getSpec()
                .state();
    }

    private void tellTheRouter(String spec) {
        sandboxes.awaitObject(SandboxClusterRoute.class, "demo");
        sandboxes
                .object(SandboxClusterRoute.class, "demo")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": " + spec + "}");
    }

    private void podRuns() {
        StatefulSet statefulSet = sandboxes.awaitObject(StatefulSet.class, "demo");
        Pod pod = HOST.admin()
                .resource(new PodBuilder()
                        .withMetadata(statefulSet.getSpec().getTemplate().getMetadata())
                        .editMetadata()
                        .withName("demo-0")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withSpec(statefulSet.getSpec().getTemplate().getSpec())
                        .build())
                .create();
        HOST.admin()
                .resource(new PodBuilder(pod)
                        .withNewStatus()
                        .addNewContainerStatus()
                        .withName("k3s")
                        .withContainerID("containerd://one")
                        .withImage("rancher/k3s")
                        .withImageID("one")
                        .withReady(true)
                        .withStarted(true)
                        .withRestartCount(0)
                        .withNewState()
                        .withNewRunning("2026-11-26T08:00:00Z")
                        .endState()
                        .endContainerStatus()
                        .endStatus()
                        .build())
                .patchStatus();
    }

    private RunningOperator operator(boolean doze) {
        Map<String, String> environment = new HashMap<>(RouterRelease.environment(release, sandboxes));
        router.ifPresent(running -> environment.put("ROUTER_ADDRESS", running.address()));
        environment.put("DOZE", String.valueOf(doze));
        return RunningOperator.start(permissions, environment);
    }
}
