package dev.sandboxcluster.operator.capability.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.objects.Situations;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One that rests is not dialled: what is known is whether who comes is heard. */
class EndpointCheckTest {

    private static final Instant NOW = Instant.parse("2026-11-27T05:00:00Z");

    @Test
    void isReachedAsLongAsTheRouterIs() {
        Outcome<Optional<Observation>> resting = resting(Optional.empty());

        assertThat(endpoint(resting).reason()).isEqualTo(Reason.DOZING);
        assertThat(endpoint(resting).met()).isTrue();
        assertThat(resting.lookAgain()).isEmpty();
    }

    @Test
    void aRouterThatIsAwayForAMomentIsNoNews() {
        Outcome<Optional<Observation>> resting = resting(Optional.of(NOW.minusSeconds(29)));

        assertThat(endpoint(resting).met()).isTrue();
        assertThat(resting.lookAgain()).contains(NOW.plusSeconds(1));
    }

    @Test
    void nobodyIsHeardWithoutTheRouter() {
        Verdict endpoint = endpoint(resting(Optional.of(NOW.minusSeconds(30))));

        assertThat(endpoint.status()).isEqualTo(Verdict.Status.False);
        assertThat(endpoint.reason()).isEqualTo(EndpointFailure.RouterUnavailable.name());
        assertThat(endpoint.message()).contains("dozes", "Do the router's pods run");
    }

    private static Outcome<Optional<Observation>> resting(Optional<Instant> routerSilentSince) {
        return EndpointCheck.check(
                Situations.of(1, SandboxClusterStatus.EMPTY, Optional.empty(), NOW),
                true,
                routerSilentSince,
                Optional.empty(),
                Optional.empty());
    }

    private static Verdict endpoint(Outcome<Optional<Observation>> outcome) {
        return outcome.conditions().get(ConditionType.EndpointReachable);
    }
}
