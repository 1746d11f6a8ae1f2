package dev.sandboxcluster.operator.capability.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.objects.Situations;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormerVersionTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            v1.33.5+k3s1,     rancher/k3s:v1.34.1-k3s1,             CrashLoop,   v1.33.5-k3s1
            v1.33.5-rc1+k3s1, rancher/k3s:v1.33.5-k3s1,             CrashLoop,   v1.33.5-rc1-k3s1
            v1.33.5+k3s1,     registry.example.com:5000/k3s:mine,   CrashLoop,   v1.33.5-k3s1
            v1.33.5+k3s1,     rancher/k3s:v1.33.5-k3s1,             CrashLoop,   -
            v1.33.5+k3s1,     rancher/k3s@sha256:0123,              CrashLoop,   -
            v1.33.5+k3s1,     rancher/k3s:v1.34.1-k3s1,             OutOfMemory, -
            v1.33.5,          rancher/k3s:v1.34.1-k3s1,             CrashLoop,   -
            -,                rancher/k3s:v1.34.1-k3s1,             CrashLoop,   -
            """)
    void isNamedWhereItCanBeSetBack(String answered, String image, String reason, String tag) {
        Situation situation = Situations.of(
                1,
                Serialization.unmarshal("version: " + answered, SandboxClusterStatus.class),
                Optional.of(Serialization.unmarshal(
                        "spec: {containers: [{name: k3s, image: '%s'}]}".formatted(image), Pod.class)),
                Instant.EPOCH);

        Verdict verdict = FormerVersion.advise(situation, Verdict.fails(reason, "It ended"));

        assertThat(verdict.message())
                .isEqualTo(
                        tag == null
                                ? "It ended"
                                : "It ended. " + tag + " answered before, and what runs now never did: the objects are"
                                        + " as that left them, and spec.version can be set back to it");
    }
}
