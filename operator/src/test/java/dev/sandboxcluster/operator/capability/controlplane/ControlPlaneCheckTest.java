package dev.sandboxcluster.operator.capability.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.Golden;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventList;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ControlPlaneCheckTest {

    static Stream<Path> cases() {
        return Golden.cases("checks");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void verdict(Path directory) {
        Optional<Pod> pod = Golden.readIfThere(directory, "in-pod.yaml", Pod.class);
        List<Event> warnings = Golden.readIfThere(directory, "in-events.yaml", EventList.class)
                .map(EventList::getItems)
                .orElse(List.of());

        Golden.check(directory, "out-verdict.yaml", ControlPlaneCheck.verdict(pod, warnings, false));
    }

    @Test
    void anAnswerCountsBeforeTheKubeletHasProbed() {
        Pod starting = Golden.read(Path.of("src/test/resources/checks/starting"), "in-pod.yaml", Pod.class);

        assertThat(ControlPlaneCheck.verdict(Optional.of(starting), List.of(), true)
                        .met())
                .isTrue();
    }
}
