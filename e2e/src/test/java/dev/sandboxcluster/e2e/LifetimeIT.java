package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sandboxes end when they are to, and not otherwise. */
class LifetimeIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static final String OBJECTS =
            "sandboxclusters,statefulsets,pods,services,networkpolicies,secrets,persistentvolumeclaims";

    private String namespace;

    @BeforeEach
    void namespace() {
        namespace = BED.namespace("lifetime");
    }

    @Test
    void whoseTimeIsOverIsGoneWithAllThatBelongsToIt() {
        Sandbox demo = Sandbox.apply(BED, namespace, "demo", "").awaitReady();
        // The last tenth of its life is announced: six seconds at least, however long the start took.
        Instant end = Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
        demo.patch("{\"spec\": {\"lifetime\": {\"expiresAt\": \"" + end + "\"}}}");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        BED.kubectl("get", "sbc", "demo", "--namespace=" + namespace, "--no-headers")
                                .run()
                                .ok())
                .contains(end.toString()));

        awaitNothingLeft();

        assertThat(Instant.now()).isAfter(end);
        assertThat(BED.kubectl("get", "events", "--namespace=" + namespace, "--output=jsonpath={.items[*].reason}")
                        .run()
                        .ok())
                .contains("ExpiresSoon", "Expired");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lifetime: {ttl: 1h}                                                 | Starting
            operatingMode: Suspended                                            | Suspended
            controlPlane: {nodeSelector: {example.com/nowhere: here}}           | Unschedulable
            controlPlane: {image: "sandboxcluster.dev/no-such-image:v1"}        | ImagePullFailed
            controlPlane: {extraArgs: ["--no-such-flag"]}                       | CrashLoop
            controlPlane: {runtimeClassName: no-such-class}                     | RuntimeClassNotFound
            """)
    void inWhateverStateItIsGoneWithinSeconds(String spec, String state) {
        Sandbox demo = Sandbox.apply(BED, namespace, "demo", spec);
        demo.awaitReason(state);

        demo.delete();

        awaitNothingLeft();
    }

    /** As on a node that is lost: nobody can say that the pod has ended. */
    @Test
    void aPodThatCannotEndKeepsNobodyFromDeletingAndIsNamedToWhoComesNext() {
        Sandbox demo = Sandbox.apply(BED, namespace, "demo", "").awaitReady();
        pod("{\"metadata\": {\"finalizers\": [\"example.com/lost-node\"]}}");

        demo.delete();
        assertThat(Sandbox.apply(BED, namespace, "demo", "")
                        .awaitReason("PodTerminating")
                        .getMessage())
                .contains("its node may be gone");

        pod("{\"metadata\": {\"finalizers\": []}}");
        demo.awaitReady();
        demo.delete();
    }

    private void pod(String patch) {
        BED.kubectl("patch", "pod", "demo-0", "--namespace=" + namespace, "--type=merge", "--patch=" + patch)
                .run()
                .ok();
    }

    private void awaitNothingLeft() {
        await().atMost(Duration.ofMinutes(3))
                .untilAsserted(() -> assertThat(BED.kubectl("get", OBJECTS, "--namespace=" + namespace, "--output=name")
                                .run()
                                .ok())
                        .isEmpty());
    }

    @Test
    void whatIsProtectedIsNotDeleted() {
        Sandbox demo = Sandbox.apply(BED, namespace, "demo", "deletionProtection: true, operatingMode: Suspended");

        Command.Result refused =
                BED.kubectl("delete", "sbc", "demo", "--namespace=" + namespace).run();

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.errors()).contains("spec.deletionProtection is true; set it to false first");
        demo.patch("{\"spec\": {\"deletionProtection\": false}}");
        demo.delete();
    }

    @Test
    void kubectlWarnsOfWhatASuspensionLoses() {
        Sandbox demo = Sandbox.apply(BED, namespace, "demo", "operatingMode: Suspended");
        demo.awaitReason("Suspended");

        Command.Result patched = BED.kubectl(
                        "patch",
                        "sbc",
                        "demo",
                        "--namespace=" + namespace,
                        "--type=merge",
                        "--patch={\"spec\": {\"lifetime\": {\"ttl\": \"8h\"}}}")
                .run();

        assertThat(patched.exitCode()).isZero();
        assertThat(patched.errors()).contains("Warning").contains("what is in the cluster is lost");
        demo.delete();
    }
}
