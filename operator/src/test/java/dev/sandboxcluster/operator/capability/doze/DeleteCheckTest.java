package dev.sandboxcluster.operator.capability.doze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nobody uses is deleted when that is certain, and not before. */
class DeleteCheckTest extends SleepFixture {

    @BeforeEach
    void deletedWhenIdle() {
        spec = "expose: {type: Router}\nlifetime: {deleteAfterIdle: 8h}";
        used("2026-11-26T09:59:30Z");
    }

    @Test
    void theTimeBeginsWithTheLastConnection() {
        assertThat(at()).contains(Instant.parse("2026-11-26T18:00:00Z"));
    }

    @Test
    void beforeTheFirstConnectionItBeginsWhenTheRouterGotToKnowIt() {
        used(null);

        assertThat(at()).contains(Instant.parse("2026-11-26T16:01:00Z"));
    }

    /** The operator, or the router, was away for a week: who uses it now is seen before it ends. */
    @Test
    void whatWasNotLookedAtIsNotIdle() {
        routedSince = Optional.of(Instant.parse("2026-12-03T10:00:00Z"));
        assertThat(at()).contains(Instant.parse("2026-12-03T11:00:00Z"));

        spec = "expose: {type: Router}\nlifetime: {deleteAfterIdle: 5m}";
        assertThat(at()).contains(Instant.parse("2026-12-03T10:05:00Z"));

        routedSince = Optional.empty();
        assertThat(at()).isEmpty();
    }

    /** Suspended by hand for a week, and resumed: who wanted that has all the time. */
    @Test
    void theTimeBeginsAnewWithAnotherPod() {
        pod.orElseThrow().getMetadata().setCreationTimestamp("2026-12-03T10:00:00Z");

        assertThat(at()).contains(Instant.parse("2026-12-03T18:01:00Z"));
    }

    @Test
    void whatTheRouterDoesNotKnowIsNotDeleted() {
        route = Optional.empty();

        assertThat(at()).isEmpty();
    }

    @Test
    void whatTheRouterDoesNotSeeAllOfIsNeverDeleted() {
        workers = true;
        assertThat(at()).isEmpty();
        assertThat(DeleteCheck.misplaced(settings()).map(Verdict::reason)).contains(Reason.EXTERNAL_WORKERS_ENABLED);

        workers = false;
        spec = "expose: {type: NodePort}\nlifetime: {deleteAfterIdle: 8h}";
        assertThat(at()).isEmpty();
        assertThat(DeleteCheck.misplaced(settings()).map(Verdict::reason)).contains(Reason.ROUTER_NEEDED);

        spec = "expose: {type: Router}\nlifetime: {deleteAfterIdle: 0s}";
        assertThat(at()).isEmpty();
        assertThat(DeleteCheck.misplaced(settings())).isEmpty();
    }

    private Optional<Instant> at() {
        return DeleteCheck.at(settings(), situation(), known());
    }

    private void used(String lastUsedAt) {
        SandboxClusterRoute known = route(State.Awake, null, lastUsedAt, null);
        known.getMetadata().setCreationTimestamp(STARTED.toString());
        route = Optional.of(known);
    }
}
