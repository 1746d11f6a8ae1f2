package dev.sandboxcluster.operator.capability.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContentCheckTest {

    @Test
    void anotherPodAfterTheFirstUseIsALoss() {
        assertThat(ContentCheck.check(status("a", "2026-11-23T10:00:00Z"), pod("b"), false))
                .hasValueSatisfying(lost -> {
                    assertThat(lost.met()).isTrue();
                    assertThat(lost.message()).contains("2026-11-23T11:00:00Z", "apply again");
                });
    }

    @Test
    void nothingIsLostWhereNothingWasOrThePodIsTheSameOrJustGone() {
        assertThat(ContentCheck.check(status("a", null), pod("b"), false)).isEmpty();
        assertThat(ContentCheck.check(status(null, null), pod("b"), false)).isEmpty();
        assertThat(ContentCheck.check(status("a", "2026-11-23T10:00:00Z"), pod("a"), false))
                .isEmpty();
        assertThat(ContentCheck.check(status("a", "2026-11-23T10:00:00Z"), Optional.empty(), false))
                .isEmpty();
    }

    @Test
    void whatIsOnAVolumeOutlivesThePod() {
        assertThat(ContentCheck.check(status("a", "2026-11-23T10:00:00Z"), pod("b"), true))
                .isEmpty();
    }

    private static SandboxClusterStatus status(String podUid, String readyAt) {
        return new SandboxClusterStatus(
                1L, null, null, null, null, null, null, podUid, null, null, readyAt, null, null, null, null, null,
                List.of());
    }

    private static Optional<Pod> pod(String uid) {
        return Optional.of(new PodBuilder()
                .withNewMetadata()
                .withUid(uid)
                .withCreationTimestamp("2026-11-23T11:00:00Z")
                .endMetadata()
                .build());
    }
}
