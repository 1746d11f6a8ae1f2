package dev.sandboxcluster.operator.capability.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.JWTAuthenticator;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.objects.Situations;
import dev.sandboxcluster.operator.sandbox.Reloads;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuthenticationCheckTest {

    private static final Instant CHANGED = Instant.parse("2026-11-26T10:00:00Z");
    private static final AuthenticationSettings GIVEN =
            new AuthenticationSettings(List.of(new JWTAuthenticator(null, null, null, null)));

    @Test
    void nothingIsSaidOfASandboxThatWantsNothing() {
        assertThat(AuthenticationCheck.check(
                                situation(pod("09:00"), CHANGED),
                                new AuthenticationSettings(List.of()),
                                Optional.of(config()),
                                true,
                                Optional.empty())
                        .conditions())
                .isEmpty();
    }

    @Test
    void whatAPodWasCreatedWithIsInUseWhenItAnswers() {
        assertThat(reason(pod("10:00"), CHANGED, Optional.empty())).isEqualTo("True AuthenticationConfigured");
        assertThat(reason(AuthenticationCheck.check(
                        situation(pod("10:00"), CHANGED), GIVEN, Optional.of(config()), false, Optional.empty())))
                .isEqualTo("False ControlPlaneNotRunning");
    }

    @Test
    void aChangeIsInUseWhenTheApiServerSaysSo() {
        Pod older = pod("09:00");
        assertThat(reason(older, CHANGED, Optional.empty())).isEqualTo("Unknown AuthenticationPending");
        assertThat(reason(older, CHANGED, Optional.of(Reloads.NONE))).isEqualTo("Unknown AuthenticationPending");
        assertThat(reason(older, CHANGED.plusSeconds(90), reloads(CHANGED.minusSeconds(600), null)))
                .isEqualTo("Unknown AuthenticationPending");
        assertThat(reason(older, CHANGED.plusSeconds(90), reloads(CHANGED.plusSeconds(80), null)))
                .isEqualTo("True AuthenticationConfigured");
    }

    @Test
    void aChangeThatTheApiServerRefuses() {
        assertThat(reason(pod("09:00"), CHANGED.plusSeconds(90), reloads(null, CHANGED.plusSeconds(80))))
                .isEqualTo("False AuthenticationNotLoaded");
        assertThat(reason(pod("09:00"), CHANGED.plusSeconds(3600), reloads(CHANGED, CHANGED.plusSeconds(80))))
                .isEqualTo("False AuthenticationNotLoaded");
        assertThat(reason(
                        pod("09:00"),
                        CHANGED.plusSeconds(90),
                        reloads(CHANGED.plusSeconds(85), CHANGED.plusSeconds(80))))
                .isEqualTo("True AuthenticationConfigured");
    }

    /** There and back at once is no change to the API server, so it says nothing of it. */
    @Test
    void aChangeThatNobodyRefusesIsInUseAfterAWhile() {
        Outcome<Void> pending = AuthenticationCheck.check(
                situation(pod("09:00"), CHANGED), GIVEN, Optional.of(config()), true, Optional.of(Reloads.NONE));
        Instant later = pending.lookAgain().orElseThrow();

        assertThat(reason(pod("09:00"), later, Optional.of(Reloads.NONE))).isEqualTo("True AuthenticationConfigured");
    }

    private static String reason(Pod pod, Instant now, Optional<Reloads> reloads) {
        return reason(AuthenticationCheck.check(situation(pod, now), GIVEN, Optional.of(config()), true, reloads));
    }

    private static String reason(Outcome<Void> outcome) {
        var verdict = outcome.conditions().get(ConditionType.AuthenticationReady);
        return verdict.status() + " " + verdict.reason();
    }

    private static Optional<Reloads> reloads(Instant succeeded, Instant failed) {
        return Optional.of(new Reloads(Optional.ofNullable(succeeded), Optional.ofNullable(failed)));
    }

    private static Situation situation(Pod pod, Instant now) {
        return Situations.of(1, SandboxClusterStatus.EMPTY, Optional.of(pod), now);
    }

    private static Pod pod(String createdAt) {
        return new PodBuilder()
                .withNewMetadata()
                .withCreationTimestamp("2026-11-26T" + createdAt + ":00Z")
                .endMetadata()
                .build();
    }

    private static ConfigMap config() {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .addNewManagedField()
                .withManager("sandboxcluster-operator")
                .withTime(CHANGED.toString())
                .endManagedField()
                .endMetadata()
                .build();
    }
}
