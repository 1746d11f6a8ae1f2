package dev.sandboxcluster.operator.capability.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScaleTest {

    private static final StatefulSet UP = scaled(1, Map.of());
    private static final StatefulSet DOWN_BY_OTHERS = scaled(0, Map.of());
    private static final StatefulSet SUSPENDED = scaled(0, Map.of(Annotations.SUSPENDED, "true"));

    @Test
    void whoeverWantsItSuspendedHasItSo() {
        assertThat(Scale.of(Optional.empty(), true)).isEqualTo(Scale.SUSPENDED);
        assertThat(Scale.of(Optional.of(UP), true)).isEqualTo(Scale.SUSPENDED);
        assertThat(Scale.of(Optional.of(DOWN_BY_OTHERS), true)).isEqualTo(Scale.SUSPENDED);
    }

    @Test
    void onlyWhatTheOperatorScaledDownDoesItScaleUp() {
        assertThat(Scale.of(Optional.empty(), false)).isEqualTo(Scale.RUNNING);
        assertThat(Scale.of(Optional.of(UP), false)).isEqualTo(Scale.RUNNING);
        assertThat(Scale.of(Optional.of(SUSPENDED), false)).isEqualTo(Scale.RUNNING);
        assertThat(Scale.of(Optional.of(DOWN_BY_OTHERS), false)).isEqualTo(Scale.SCALED_DOWN);
    }

    @Test
    void itIsWrittenDownWhoScaledDown() {
        assertThat(Scale.SUSPENDED.on(UP)).isEqualTo(SUSPENDED);
        assertThat(Scale.SCALED_DOWN.on(UP)).isEqualTo(DOWN_BY_OTHERS);
        assertThat(Scale.RUNNING.on(DOWN_BY_OTHERS)).isEqualTo(UP);
    }

    @Test
    void itIsAnnouncedOnce() {
        assertThat(Scale.SUSPENDED.notice(UP)).isPresent();
        assertThat(Scale.SUSPENDED.notice(SUSPENDED)).isEmpty();
        assertThat(Scale.RUNNING.notice(SUSPENDED)).isPresent();
        assertThat(Scale.RUNNING.notice(UP)).isEmpty();
    }

    private static StatefulSet scaled(int replicas, Map<String, String> annotations) {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .endSpec()
                .build();
    }
}
