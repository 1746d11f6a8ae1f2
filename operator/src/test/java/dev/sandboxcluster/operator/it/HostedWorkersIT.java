package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What hosted workers ask of the host cluster before a control plane answers. */
class HostedWorkersIT extends OperatorFixture {

    @Test
    void privilegedPodsHaveToBeAllowed() {
        sandboxes.apply("demo", "workers: {hosted: {count: 1}}");

        assertThat(sandboxes
                        .awaitReason("demo", "HostedWorkersReady", "PrivilegedNotAllowed")
                        .getMessage())
                .contains("workers.hosted.allowPrivileged");
        assertThat(sandboxes.condition("demo", "WorkersPrivileged")).isEmpty();
    }

    @Test
    void theControlPlaneIsStartedForAgentsAndWarnsOfWhatIsAllowed() {
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("HOSTED_WORKERS_PRIVILEGED", "true"));
        sandboxes.apply("demo", "workers: {hosted: {count: 1}}");

        StatefulSet controlPlane = sandboxes.awaitObject(StatefulSet.class, "demo");
        assertThat(Sandboxes.k3s(controlPlane).getArgs())
                .contains("--egress-selector-mode=cluster", "--flannel-backend=vxlan")
                .doesNotContain("--disable-helm-controller");
        sandboxes.awaitReason("demo", "HostedWorkersReady", "ControlPlaneNotRunning");
        sandboxes.awaitReason("demo", "WorkersPrivileged", "PrivilegedPods");
        assertThat(sandboxes.object(StatefulSet.class, "demo-workers").get())
                .as("pods that have nobody to join")
                .isNull();
    }

    @Test
    void gvisorIsRefused() {
        sandboxes.apply("demo", "workers: {hosted: {count: 1, runtimeClassName: gvisor}}");

        sandboxes.awaitReason("demo", "HostedWorkersReady", "RuntimeClassUnsuitable");
    }
}
