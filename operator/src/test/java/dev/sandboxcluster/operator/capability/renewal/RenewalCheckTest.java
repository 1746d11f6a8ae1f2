package dev.sandboxcluster.operator.capability.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.objects.Situations;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pod is of 2026-01-01, and so was the claim; certificates end a year later. */
class RenewalCheckTest {

    private static final String PERSISTENT = "storage: {type: Persistent}";
    private static final String IN_A_WINDOW =
            PERSISTENT + "\nmaintenanceWindow: {days: [Sunday], startTime: '03:00', duration: 2h}";
    private static final String CREATED = "2026-01-01T00:00:00Z";
    private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            persistent, 2026-06-01T00:00:00Z, -,              -,                    2026-11-02T00:00:00Z
            persistent, 2026-11-02T00:00:00Z, RenewalPlanned, -,                    2026-12-02T00:00:00Z
            persistent, 2026-12-02T00:00:00Z, RenewalPlanned, 2027-01-01T00:00:00Z, -
            persistent, 2027-02-01T00:00:00Z, RenewalPlanned, 2027-01-01T00:00:00Z, -
            window,     2026-11-02T00:00:00Z, RenewalPlanned, -,                    2026-11-22T03:00:00Z
            window,     2026-11-21T03:00:00Z, RenewalPlanned, -,                    2026-11-22T03:00:00Z
            window,     2026-11-22T04:59:59Z, RenewalPlanned, 2027-01-01T00:00:00Z, -
            window,     2026-11-22T05:00:00Z, RenewalPlanned, -,                    2026-11-29T03:00:00Z
            ephemeral,  2026-11-01T00:00:00Z, -,              -,                    2026-11-02T00:00:00Z
            ephemeral,  2026-12-31T00:00:00Z, RenewalNeeded,  -,                    -
            """)
    void says(String kind, Instant now, String reason, Instant due, Instant lookAgain) {
        Outcome<Renewal> renewal =
                check(spec(kind), SandboxClusterStatus.EMPTY, Optional.of(pod(CREATED)), claim(Map.of()), now);

        assertThat(renewal.value().expiresAt()).contains(END);
        assertThat(renewal.value().due()).isEqualTo(Optional.ofNullable(due));
        assertThat(renewal.lookAgain()).isEqualTo(Optional.ofNullable(lookAgain));
        assertThat(Optional.ofNullable(renewal.conditions().get(ConditionType.CertificatesCurrent))
                        .map(verdict -> verdict.reason()))
                .isEqualTo(Optional.ofNullable(reason));
    }

    @Test
    void aStartInTimeRenewsThem() {
        Outcome<Renewal> renewal = check(
                PERSISTENT,
                status("2027-01-01T00:00:00Z", "another"),
                Optional.of(pod("2026-12-02T00:00:05Z")),
                claim(Map.of()),
                Instant.parse("2026-12-02T00:01:00Z"));

        assertThat(renewal.value())
                .isEqualTo(new Renewal(Optional.of(Instant.parse("2027-12-02T00:00:05Z")), Optional.empty()));
        assertThat(renewal.conditions()).isEmpty();
    }

    @Test
    void whatAVolumeWasLeftWithCounts() {
        Outcome<Renewal> renewal = check(
                PERSISTENT,
                SandboxClusterStatus.EMPTY,
                Optional.of(pod("2026-06-01T00:00:00Z")),
                claim(Map.of(Annotations.CERTIFICATES_EXPIRE_AT, "2026-12-24T00:00:00Z")),
                Instant.parse("2026-06-01T00:01:00Z"));

        assertThat(renewal.value().expiresAt()).contains(Instant.parse("2026-12-24T00:00:00Z"));
    }

    @Test
    void thoseOfAPodEndWithIt() {
        SandboxClusterStatus before = status("2026-06-02T00:00:00Z", "another");

        assertThat(check(
                                "storage: {}",
                                before,
                                Optional.of(pod(CREATED)),
                                Optional.empty(),
                                Instant.parse("2026-01-01T00:01:00Z"))
                        .value()
                        .expiresAt())
                .contains(END);
    }

    @Test
    void whatIsStoppedIsNotStartedForIt() {
        Outcome<Renewal> renewal = check(
                PERSISTENT,
                status("2027-01-01T00:00:00Z", "uid"),
                Optional.empty(),
                claim(Map.of()),
                Instant.parse("2027-06-01T00:00:00Z"));

        assertThat(renewal).isEqualTo(Outcome.of(new Renewal(Optional.of(END), Optional.empty())));
    }

    private static String spec(String kind) {
        return switch (kind) {
            case "persistent" -> PERSISTENT;
            case "window" -> IN_A_WINDOW;
            default -> "storage: {type: Ephemeral}";
        };
    }

    private static Outcome<Renewal> check(
            String spec,
            SandboxClusterStatus previous,
            Optional<Pod> pod,
            Optional<PersistentVolumeClaim> claim,
            Instant now) {
        return RenewalCheck.check(
                Situations.of(1, previous, pod, now),
                RenewalSettings.of(Serialization.unmarshal(spec, SandboxClusterSpec.class)),
                claim);
    }

    private static SandboxClusterStatus status(String certificatesExpireAt, String podUid) {
        return Serialization.unmarshal(
                "version: v1.33.5+k3s1\ncertificatesExpireAt: '%s'\npodUID: %s".formatted(certificatesExpireAt, podUid),
                SandboxClusterStatus.class);
    }

    private static Optional<PersistentVolumeClaim> claim(Map<String, String> annotations) {
        return Optional.of(new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withCreationTimestamp(CREATED)
                .withAnnotations(annotations)
                .endMetadata()
                .build());
    }

    private static Pod pod(String startedAt) {
        return Serialization.unmarshal("""
                metadata: {name: demo-0, uid: uid, creationTimestamp: "%s"}
                status: {containerStatuses: [{name: k3s, state: {running: {startedAt: "%s"}}}]}
                """.formatted(CREATED, startedAt), Pod.class);
    }
}
