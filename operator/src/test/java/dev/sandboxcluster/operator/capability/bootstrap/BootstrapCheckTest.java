package dev.sandboxcluster.operator.capability.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan.Wish;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport.Failure;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport.History;
import dev.sandboxcluster.operator.capability.bootstrap.plan.ChartRun;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootstrapCheckTest {

    private static final Identity DEMO = new Identity("demo", "team-a", "uid");
    private static final Wish WISH = new Wish(DEMO, "containerd://1", List.of(), List.of());
    private static final Failure REFUSED =
            new Failure(Reason.BOOTSTRAP_REFUSED, "manifests[1]: Deployment default/web: denied");
    private static final String STARTED = "2026-11-26T10:00:00Z";

    @Test
    void beforeItIsThereTheClusterIsNotReady() {
        Outcome<Void> applying = check(fresh(), BootstrapReport.applying(WISH, History.NEVER, 3, 12));

        assertThat(verdict(applying).message()).isEqualTo("3 of 12 objects are applied, the others follow");
        assertThat(applying.problem()).map(Verdict::reason).contains(Reason.BOOTSTRAP_APPLYING);
        assertThat(check(fresh(), BootstrapReport.UNKNOWN).problem())
                .map(Verdict::reason)
                .contains(Reason.BOOTSTRAP_APPLYING);
    }

    @Test
    void onceItIsThereItIsSaid() {
        Outcome<Void> complete = check(fresh(), BootstrapReport.complete(WISH));

        assertThat(verdict(complete).met()).isTrue();
        assertThat(complete.problem()).isEmpty();
    }

    @Test
    void aRefusalSaysWhichObjectAndHowOften() {
        Outcome<Void> refused = check(fresh(), BootstrapReport.failing(WISH, History.NEVER, 3, 12, 2, REFUSED));

        assertThat(verdict(refused).message())
                .isEqualTo(
                        "manifests[1]: Deployment default/web: denied. Tried 2 times, and again within 5 minutes; 3 of"
                                + " 12 objects are applied. Correct the object, or what refuses it: a quota, webhook or policy in"
                                + " the cluster");
        assertThat(refused.problem()).isPresent();
    }

    /** A condition that counted for ever would be written for ever. */
    @Test
    void manyAttemptsAreNotCounted() {
        assertThat(BootstrapReport.failing(WISH, History.NEVER, 3, 12, 11, REFUSED))
                .isEqualTo(BootstrapReport.failing(WISH, History.NEVER, 3, 12, 12, REFUSED));
        assertThat(verdict(check(fresh(), BootstrapReport.failing(WISH, History.NEVER, 3, 12, 99, REFUSED)))
                        .message())
                .contains("Tried 10 times and more");
    }

    @Test
    void aChangeThatFailsLaterLeavesTheClusterReady() {
        Outcome<Void> refused = check(fresh(), BootstrapReport.failing(WISH, History.ONCE, 3, 12, 2, REFUSED));

        assertThat(verdict(refused).status()).isEqualTo(Verdict.Status.False);
        assertThat(refused.problem()).isEmpty();
    }

    @Test
    void anOperatorThatHasJustStartedStaysWithWhatWasKnown() {
        Outcome<Void> stays = check(
                situation(STARTED, 1L, condition("Ready", "True", 1L), condition("Bootstrapped", "True", 1L)),
                BootstrapReport.UNKNOWN);
        assertThat(verdict(stays).met()).isTrue();
        assertThat(stays.problem()).isEmpty();

        Outcome<Void> failsStill = check(
                situation(STARTED, 1L, condition("Ready", "True", 1L), condition("Bootstrapped", "False", 1L)),
                BootstrapReport.UNKNOWN);
        assertThat(verdict(failsStill).met()).isFalse();
        assertThat(failsStill.problem()).isEmpty();
    }

    @Test
    void whatWasKnownOfAnotherSpecOrAnotherStartIsNotBelieved() {
        Situation otherSpec =
                situation(STARTED, 2L, condition("Ready", "True", 1L), condition("Bootstrapped", "True", 1L));
        assertThat(verdict(check(otherSpec, BootstrapReport.UNKNOWN)).reason()).isEqualTo(Reason.BOOTSTRAP_APPLYING);
        assertThat(check(otherSpec, BootstrapReport.UNKNOWN).problem()).isEmpty();

        Situation otherStart = situation(
                "2026-11-26T09:00:00Z", 1L, condition("Ready", "True", 1L), condition("Bootstrapped", "True", 1L));
        assertThat(check(otherStart, BootstrapReport.UNKNOWN).problem())
                .map(Verdict::reason)
                .contains(Reason.BOOTSTRAP_APPLYING);
    }

    /** It takes the endpoint for what it was, until it has dialled. */
    @Test
    void anOperatorThatHasJustStartedDoesNotTakeAHalfForTheWhole() {
        Outcome<Void> halfway = BootstrapCheck.check(
                situation(STARTED, 1L, condition("Ready", "False", 1L), condition("Bootstrapped", "False", 1L)),
                Optional.empty(),
                Optional.empty());
        assertThat(verdict(halfway).met()).isFalse();
        assertThat(halfway.problem()).isPresent();

        Outcome<Void> inUse = BootstrapCheck.check(
                situation(STARTED, 1L, condition("Ready", "True", 1L), condition("Bootstrapped", "False", 1L)),
                Optional.empty(),
                Optional.empty());
        assertThat(inUse.problem()).isEmpty();
    }

    @Test
    void aChartThatIsNotInstalledKeepsFromReadyUntilAllWasThereOnce() {
        Verdict failed = Verdict.fails(Reason.BOOTSTRAP_CHART_FAILED, "charts[0], release default/web: Helm says: no");
        BootstrapReport first = BootstrapReport.installing(WISH, History.NEVER, 3, new ChartRun(0, "0123456789"));
        BootstrapReport later = BootstrapReport.installing(WISH, History.ONCE, 3, new ChartRun(0, "0123456789"));

        assertThat(BootstrapCheck.check(fresh(), Optional.of(first), Optional.of(failed))
                        .problem())
                .contains(failed);
        Outcome<Void> changed = BootstrapCheck.check(fresh(), Optional.of(later), Optional.of(failed));
        assertThat(verdict(changed)).isEqualTo(failed);
        assertThat(changed.problem()).isEmpty();
        assertThat(first.complete()).isFalse();
        assertThat(verdict(check(fresh(), first)).reason()).isEqualTo(Reason.BOOTSTRAP_APPLYING);
    }

    @Test
    void withoutAControlPlaneNothingIsSaidToBeWrong() {
        assertThat(verdict(BootstrapCheck.check(fresh(), Optional.empty(), Optional.empty())))
                .extracting(Verdict::status, Verdict::reason)
                .containsExactly(Verdict.Status.Unknown, Reason.CONTROL_PLANE_NOT_RUNNING);
    }

    @Test
    void anotherLifeIsLookedAtAnew() {
        BootstrapReport complete = BootstrapReport.complete(WISH);

        assertThat(complete.under(WISH)).isEqualTo(complete);
        assertThat(complete.under(new Wish(DEMO, "containerd://2", List.of(), List.of()))
                        .history())
                .isEqualTo(History.UNKNOWN);
        assertThat(complete.under(
                        new Wish(new Identity("demo", "team-a", "other"), "containerd://1", List.of(), List.of())))
                .matches(report -> report.history() == History.ONCE && !report.complete());
    }

    private static Outcome<Void> check(Situation situation, BootstrapReport report) {
        return BootstrapCheck.check(situation, Optional.of(report), Optional.empty());
    }

    private static Verdict verdict(Outcome<Void> outcome) {
        return outcome.conditions().get(ConditionType.Bootstrapped);
    }

    private static Situation fresh() {
        return situation(STARTED, 1L);
    }

    /** One whose control plane was started at {@value #STARTED}, and whose status is about a start. */
    private static Situation situation(String statusStartedAt, Long generation, Condition... conditions) {
        Pod pod = new PodBuilder()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("k3s")
                .withNewState()
                .withNewRunning(STARTED)
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
        return new Situation(
                DEMO,
                Map.of(),
                generation,
                Serialization.unmarshal(
                        Serialization.asJson(Map.of(
                                "endpoint",
                                "https://192.0.2.1:443",
                                "startedAt",
                                statusStartedAt,
                                "conditions",
                                List.of(conditions))),
                        SandboxClusterStatus.class),
                Optional.of(pod),
                Instant.parse("2026-11-26T10:01:00Z"));
    }

    private static Condition condition(String type, String status, Long generation) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason("Some")
                .withMessage("some")
                .withObservedGeneration(generation)
                .withLastTransitionTime("2026-11-26T10:00:10Z")
                .build();
    }
}
