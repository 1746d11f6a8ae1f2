package dev.sandboxcluster.operator.capability.classes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ClassStatus;
import dev.sandboxcluster.api.v1alpha1.Lifetime;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a SandboxCluster takes of its class, and when. */
class AskingTest {

    private static final Instant CREATED = Instant.parse("2026-11-26T10:00:00Z");

    @Test
    void whatItTookStaysWhenTheClassChanges() {
        ClassStatus first = asking("", "{}", 1, null, false).accepted(small("defaults: {version: v1.33.5-k3s1}"));

        ClassStatus later = settled("", first, null)
                .accepted(small("defaults: {version: v1.33.6-k3s1, controlPlane: {nodeSelector: {a: b}}}"));

        assertThat(later.defaults()).isEqualTo(first.defaults());
        assertThat(later.outdated()).containsExactly("controlPlane.nodeSelector", "version");
    }

    @Test
    void whatItSaysItselfIsNotOutdated() {
        ClassStatus first = asking("", "{}", 1, null, false).accepted(small("defaults: {version: v1.33.5-k3s1}"));

        ClassStatus later =
                settled("version: v1.33.4-k3s1", first, null).accepted(small("defaults: {version: v1.33.6-k3s1}"));

        assertThat(later.outdated()).isNull();
    }

    @Test
    void onRequestItTakesThePresentDefaultsButStaysWhereItIs() {
        ClassStatus first = asking("", "{}", 1, null, false)
                .accepted(small("defaults: {version: v1.33.5-k3s1, storage: {type: Persistent}}"));
        SandboxClusterClass changed = small(
                "defaults: {version: v1.34.1-k3s1, storage: {type: Ephemeral}, controlPlane: {nodeSelector: {a: b}}}");

        ClassStatus taken = settled("", first, "1").accepted(changed);

        assertThat(taken.takenFor()).isEqualTo("1");
        assertThat(taken.defaults().version()).isEqualTo("v1.34.1-k3s1");
        assertThat(taken.defaults().controlPlane().nodeSelector()).containsEntry("a", "b");
        assertThat(taken.defaults().storage()).isEqualTo(first.defaults().storage());
        assertThat(taken.outdated()).isNull();
        assertThat(settled("", taken, "1").wished()).isFalse();
        assertThat(settled("", taken, null).wished()).isFalse();
    }

    /** Kubernetes supports no step of two minor versions, and none back. */
    @Test
    void aReleaseThatItCannotComeToIsNotTaken() {
        ClassStatus first = asking("", "{}", 1, null, false).accepted(small("defaults: {version: v1.33.5-k3s1}"));

        for (String far : List.of("v1.35.1-k3s1", "v1.32.1-k3s1")) {
            ClassStatus taken = settled("", first, "1")
                    .accepted(small("defaults: {version: " + far + ", controlPlane: {nodeSelector: {a: b}}}"));

            assertThat(taken.defaults().version()).isEqualTo("v1.33.5-k3s1");
            assertThat(taken.defaults().controlPlane().nodeSelector()).containsEntry("a", "b");
        }
    }

    /** The default of its class must not bring back an earlier one. */
    @Test
    void whoNoLongerNamesAReleaseKeepsTheOneThatRuns() {
        ClassStatus first = asking("", "{}", 1, null, false)
                .accepted(small(
                        "defaults: {version: v1.32.1-k3s1, controlPlane: {image: \"example.com/k3s:v1.32.1-k3s1\"}}"));

        SandboxClusterSpec effective = settled("", first, null).effective();

        assertThat(effective.version()).isNull();
        assertThat(effective.controlPlane().image()).isEqualTo("example.com/k3s");
        assertThat(settled("version: v1.33.6-k3s1", first, null).effective().version())
                .isEqualTo("v1.33.6-k3s1");
    }

    @Test
    void oneThatWasThereBeforeItsClassTakesNothing() {
        Asking older = asking("", "{observedGeneration: 1, internalEndpoint: x}", 1, null, true);
        SandboxClusterClass late = small("limits: {ttl: 1h}, defaults: {expose: {type: NodePort}}");

        ClassStatus has = older.accepted(late);

        assertThat(older.older()).isTrue();
        assertThat(older.enters(late)).isTrue();
        assertThat(EffectiveSpec.of(older.spec(), has.defaults())).isEqualTo(older.spec());
        assertThat(has.outdated()).containsExactly("expose", "lifetime");
    }

    @Test
    void theLongestLifeIsTheDefaultOfThoseThatHaveNone() {
        ClassStatus has = asking("", "{}", 1, null, false).accepted(small("limits: {ttl: 24h}"));

        assertThat(has.defaults().lifetime().ttl()).isEqualTo("24h");
        assertThat(asking("lifetime: {dozeAfter: 10m}", "{}", 1, null, false)
                        .accepted(small("limits: {ttl: 24h}, defaults: {lifetime: {deleteAfterIdle: 72h}}"))
                        .defaults()
                        .lifetime())
                .isEqualTo(new Lifetime("24h", null, null, null, null, "72h"));
    }

    @Test
    void aSpecThatIsNotAllowedMayShortenALifeAndNotLengthenIt() {
        assertThat(HeldLifetime.of(spec("lifetime: {ttl: 100h}"), CREATED, "2026-11-26T18:00:00Z")
                        .lifetime()
                        .expiresAt())
                .isEqualTo("2026-11-26T18:00:00Z");
        assertThat(HeldLifetime.of(spec(""), CREATED, "2026-11-26T18:00:00Z")
                        .lifetime()
                        .expiresAt())
                .isEqualTo("2026-11-26T18:00:00Z");
        assertThat(HeldLifetime.of(spec("lifetime: {ttl: 1h}"), CREATED, "2026-11-26T18:00:00Z")
                        .lifetime()
                        .ttl())
                .isEqualTo("1h");
        assertThat(HeldLifetime.of(spec(""), CREATED, null).lifetime()).isNull();
        assertThat(HeldLifetime.of(spec("lifetime: {dozeAfter: 10m}"), CREATED, "2026-11-26T18:00:00Z")
                        .lifetime())
                .isEqualTo(new Lifetime(null, "2026-11-26T18:00:00Z", null, "10m", null, null));
    }

    private static Asking settled(String spec, ClassStatus has, String wish) {
        SandboxClusterStatus status = Serialization.unmarshal(
                "--- {observedGeneration: 1, version: v1.33.5+k3s1, class: " + Serialization.asJson(has) + "}",
                SandboxClusterStatus.class);
        return new Asking(spec(spec), 1L, CREATED, Optional.ofNullable(wish), status, true);
    }

    private static Asking asking(String spec, String status, long generation, String wish, boolean running) {
        return new Asking(
                spec(spec),
                generation,
                CREATED,
                Optional.ofNullable(wish),
                Serialization.unmarshal("--- " + status, SandboxClusterStatus.class),
                running);
    }

    private static SandboxClusterSpec spec(String yaml) {
        return Serialization.unmarshal("--- {" + yaml + "}", SandboxClusterSpec.class);
    }

    private static SandboxClusterClass small(String spec) {
        return Serialization.unmarshal(
                "--- {metadata: {name: small, generation: 1}, spec: {" + spec + "}}", SandboxClusterClass.class);
    }
}
