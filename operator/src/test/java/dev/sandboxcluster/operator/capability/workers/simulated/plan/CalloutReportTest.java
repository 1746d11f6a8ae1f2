package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Entry;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Kind;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Policy;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport.Effect;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport.Finding;
import dev.sandboxcluster.operator.sandbox.Failure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is told of what simulated pods are asked. */
class CalloutReportTest {

    private static final Service SIMULATED = new Service("web", "simulated");
    private static final Service REAL = new Service("web", "real");

    @Test
    void whatSomebodyAnswersIsNotTold() {
        CalloutReport report = report(callout(Kind.ValidatingWebhookConfiguration, "a", REAL, new Policy("Fail", 10)));

        assertThat(report.asked()).isEmpty();
        assertThat(report.ignored()).isEmpty();
        assertThat(report.looked()).isTrue();
    }

    @Test
    void theWorstIsToldFirstAndOfOneConfigurationTheWorst() {
        CalloutReport report = report(
                callout(Kind.APIService, "v1.example.org", SIMULATED, Policy.NONE),
                callout(Kind.CustomResourceDefinition, "a.example.org", SIMULATED, Policy.NONE),
                callout(Kind.MutatingWebhookConfiguration, "slow", SIMULATED, new Policy("Ignore", 10)),
                callout(Kind.MutatingWebhookConfiguration, "ignored", SIMULATED, Policy.IGNORED),
                new Callout(
                        Kind.ValidatingWebhookConfiguration,
                        "z",
                        "7",
                        false,
                        false,
                        Map.of(),
                        List.of(
                                new Entry("one", Optional.of(SIMULATED), Policy.IGNORED),
                                new Entry("two", Optional.of(SIMULATED), new Policy("Fail", 1)),
                                new Entry("three", Optional.of(REAL), new Policy("Fail", 1)))));

        assertThat(report.asked())
                .containsExactly(
                        new Finding(Kind.ValidatingWebhookConfiguration, "z", SIMULATED, Effect.WRITES_FAIL),
                        new Finding(Kind.MutatingWebhookConfiguration, "slow", SIMULATED, Effect.WRITES_WAIT),
                        new Finding(Kind.APIService, "v1.example.org", SIMULATED, Effect.NOT_SERVED));
        assertThat(report.more()).isEqualTo(1);
        assertThat(report.effects())
                .containsExactlyInAnyOrder(
                        Effect.WRITES_FAIL, Effect.WRITES_WAIT, Effect.NOT_SERVED, Effect.NOT_CONVERTED);
        assertThat(report.ignored()).extracting(Finding::name).containsExactly("ignored");
    }

    @Test
    void ofManyThreeAreNamed() {
        CalloutReport report = report(IntStream.range(0, 200)
                .mapToObj(number -> callout(Kind.APIService, "v" + number, SIMULATED, Policy.NONE))
                .toArray(Callout[]::new));

        assertThat(report.asked()).hasSize(3);
        assertThat(report.more()).isEqualTo(197);
    }

    @Test
    void nothingIsPutBackBeforeSomebodyHasSeenThat() {
        Callout noted = new Callout(
                Kind.ValidatingWebhookConfiguration, "a", "7", false, true, Map.of("only", Policy.NONE), List.of());
        Failure refused = new Failure(Reason.SANDBOX_REFUSED, "HTTP 429");
        Failure large = new Failure(Reason.SANDBOX_TOO_LARGE, "it has more");

        assertThat(withdrawn(report())).isTrue();
        assertThat(withdrawn(CalloutReport.UNKNOWN)).isFalse();
        assertThat(withdrawn(report(List.of(noted), false, Optional.empty()))).isFalse();
        assertThat(withdrawn(report(List.of(), false, Optional.of(refused)))).isFalse();
        assertThat(withdrawn(report(List.of(), true, Optional.of(large)))).isFalse();
        // Of definitions, say, in which nothing was set.
        assertThat(withdrawn(report(List.of(), false, Optional.of(large)))).isTrue();
    }

    private static boolean withdrawn(CalloutReport callouts) {
        return new SimulationReport(true, 0, 0, List.of(), List.of(), callouts, Optional.empty()).withdrawn();
    }

    private static CalloutReport report(List<Callout> callouts, boolean unseen, Optional<Failure> failure) {
        return CalloutReport.of(callouts, SIMULATED::equals, any -> false, unseen, failure);
    }

    private static CalloutReport report(Callout... callouts) {
        return CalloutReport.of(List.of(callouts), SIMULATED::equals, any -> false, false, Optional.empty());
    }

    private static Callout callout(Kind kind, String name, Service service, Policy policy) {
        return new Callout(
                kind, name, "7", false, false, Map.of(), List.of(new Entry("only", Optional.of(service), policy)));
    }
}
