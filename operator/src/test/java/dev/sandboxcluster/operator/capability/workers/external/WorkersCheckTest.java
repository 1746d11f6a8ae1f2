package dev.sandboxcluster.operator.capability.workers.external;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.WorkerGroupStatus;
import dev.sandboxcluster.api.v1alpha1.WorkerProblem;
import dev.sandboxcluster.api.v1alpha1.WorkersStatus;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WorkersCheckTest {

    @Test
    void untilMachinesCanJoin() {
        assertThat(check(Optional.of(Verdict.fails("CIDROverlap", "")), report(), true, List.of()))
                .isEqualTo("False CIDROverlap");
        assertThat(check(Optional.empty(), report(), false, List.of())).isEqualTo("Unknown ControlPlaneNotRunning");
        assertThat(check(Optional.empty(), report(), true, List.of())).isEqualTo("False Preparing");
        assertThat(check(Optional.empty(), report(), true, List.of("demo-join")))
                .isEqualTo("False NoWorkers");
    }

    @Test
    void nodes() {
        assertThat(check(Optional.empty(), report("NodeReady"), true, List.of("demo-join")))
                .isEqualTo("True AllNodesReady");
        assertThat(check(Optional.empty(), report("NodeReady", "VersionSkew"), true, List.of("demo-join")))
                .isEqualTo("False NodesNeedAttention");
        assertThat(verdict(Optional.empty(), report("NodeReady", "VersionSkew"), true, List.of("demo-join"))
                        .message())
                .startsWith("1 of 2 nodes need attention: VersionSkew-node (VersionSkew)");
    }

    @Test
    void aSandboxThatTheOperatorDoesNotReach() {
        assertThat(check(Optional.empty(), failed(Reason.SANDBOX_UNREACHABLE), true, List.of("demo-join")))
                .isEqualTo("Unknown SandboxUnreachable");
    }

    @Test
    void aSandboxThatIsTooMuchOrForbidsWhatIsNeeded() {
        assertThat(check(Optional.empty(), failed(Reason.SANDBOX_TOO_LARGE), true, List.of("demo-join")))
                .isEqualTo("Unknown SandboxTooLarge");
        assertThat(check(Optional.empty(), failed(Reason.SANDBOX_TOO_SLOW), true, List.of("demo-join")))
                .isEqualTo("Unknown SandboxTooSlow");
        assertThat(check(Optional.empty(), failed(Reason.SANDBOX_REFUSED), true, List.of()))
                .isEqualTo("False SandboxRefused");
    }

    private static WorkerReport failed(String reason) {
        return WorkerReport.UNKNOWN.failed(reason, "so it is");
    }

    @Test
    void aSandboxThatTheOperatorHasNotLookedAtSinceItsRestart() {
        Verdict before = Verdict.holds("AllNodesReady", "All 2 nodes are Ready");
        Joined unseen = joined(WorkerReport.UNKNOWN, List.of("demo-join"));

        assertThat(WorkersCheck.check(Optional.empty(), false, unseen, Optional.of(before))
                        .conditions())
                .containsEntry(ConditionType.WorkersReady, before);

        WorkersStatus last = new WorkersStatus(
                "192.0.2.1:6443",
                2,
                1,
                List.of(new WorkerGroupStatus(
                        "default", "demo-join", "2031-01-01T00:00:00Z", 2, 1, List.of("v1.33.5"))),
                List.of(new WorkerProblem("w2", "default", "v1.33.5", null, "NodeNotReady", "")),
                null,
                null);
        Optional<WorkerSettings> settings = Optional.of(new WorkerSettings(
                Bootstrap.KubeletTLS,
                Duration.ofHours(24),
                Optional.empty(),
                Duration.ofMinutes(5),
                List.of(new Group("default", Optional.empty(), Map.of(), List.of())),
                "vxlan",
                Optional.empty()));
        assertThat(WorkersStatusReport.of(settings, unseen, Optional.of(last))).isEqualTo(last);
        assertThat(WorkersStatusReport.of(settings, joined(report(), List.of("demo-join")), Optional.of(last))
                        .nodes())
                .isZero();
    }

    private static String check(
            Optional<Verdict> problem, WorkerReport report, boolean reached, List<String> joinSecrets) {
        Verdict verdict = verdict(problem, report, reached, joinSecrets);
        return verdict.status() + " " + verdict.reason();
    }

    private static Verdict verdict(
            Optional<Verdict> problem, WorkerReport report, boolean reached, List<String> joinSecrets) {
        return WorkersCheck.check(problem, reached, joined(report, joinSecrets), Optional.empty())
                .conditions()
                .get(ConditionType.WorkersReady);
    }

    private static Joined joined(WorkerReport report, List<String> joinSecrets) {
        return new Joined(
                report,
                Optional.of("192.0.2.1:6443"),
                joinSecrets.stream().collect(Collectors.toMap(name -> "default", name -> name)),
                Optional.empty());
    }

    private static WorkerReport report(String... reasons) {
        return new WorkerReport(
                Map.of(),
                Stream.of(reasons)
                        .map(reason -> new NodeVerdict(
                                reason + "-node", Optional.empty(), true, "v1.33.5", Optional.empty(), reason, ""))
                        .toList(),
                List.of(),
                List.of(),
                true,
                Optional.empty());
    }
}
