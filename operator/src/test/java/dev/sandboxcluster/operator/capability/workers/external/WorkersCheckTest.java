package dev.sandboxcluster.operator.capability.workers.external;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        assertThat(WorkersCheck.verdict(
                                Optional.empty(), report("NodeReady", "VersionSkew"), true, List.of("demo-join"))
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

    private static String check(
            Optional<Verdict> problem, WorkerReport report, boolean reached, List<String> joinSecrets) {
        Verdict verdict = WorkersCheck.verdict(problem, report, reached, joinSecrets);
        return verdict.status() + " " + verdict.reason();
    }

    private static WorkerReport report(String... reasons) {
        return new WorkerReport(
                Map.of(),
                Stream.of(reasons)
                        .map(reason -> new NodeVerdict(
                                reason + "-node", Optional.empty(), true, "v1.33.5", Optional.empty(), reason, ""))
                        .toList(),
                List.of(),
                true,
                Optional.empty());
    }
}
