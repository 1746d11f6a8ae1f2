package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** When a sandbox runs, and when it ends. */
class LifetimeIT extends OperatorFixture {

    private static final Duration SOON = Duration.ofSeconds(12);

    @Test
    void aSuspendedOneHasNoPodAndKeepsItsKubeconfig() {
        sandboxes.apply("demo", "");
        awaitReplicas(1);
        Secret kubeconfig = sandboxes.awaitObject(Secret.class, "demo-kubeconfig");

        sandboxes.apply("demo", "operatingMode: Suspended");

        awaitReplicas(0);
        sandboxes.awaitReason("demo", "Suspended", "Suspended");
        sandboxes.awaitReason("demo", "Ready", "Suspended");
        await().untilAsserted(() -> assertThat(sandboxes.events("Suspending")).hasSize(1));

        sandboxes.apply("demo", "operatingMode: Running");

        awaitReplicas(1);
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        assertThat(sandboxes.condition("demo", "Suspended")).isEmpty();
        assertThat(sandboxes.events("Resuming")).hasSize(1);
        assertThat(sandboxes.object(Secret.class, "demo-kubeconfig").get().getData())
                .isEqualTo(kubeconfig.getData());
    }

    @Test
    void oneThatIsCreatedSuspendedIsStartedLater() {
        sandboxes.apply("demo", "operatingMode: Suspended");

        sandboxes.awaitReason("demo", "Ready", "Suspended");
        awaitReplicas(0);
        sandboxes.awaitObject(Secret.class, "demo-kubeconfig");

        sandboxes.apply("demo", "operatingMode: Running");
        awaitReplicas(1);
    }

    /** It needs nothing that a start would need. */
    @Test
    void oneWithoutItsKeysCanBeSuspended() {
        sandboxes.apply("demo", "");
        awaitReplicas(1);
        sandboxes.object(Secret.class, "demo-pki").delete();
        sandboxes.awaitReason("demo", "CredentialsReady", "PKISecretMissing");

        sandboxes.apply("demo", "operatingMode: Suspended");

        awaitReplicas(0);
        sandboxes.awaitReason("demo", "Suspended", "Suspended");
    }

    @Test
    void whatSomebodyScaledDownStaysSo() {
        sandboxes.apply("demo", "");
        awaitReplicas(1);

        sandboxes.object(StatefulSet.class, "demo").scale(0);

        assertThat(sandboxes.awaitReason("demo", "Ready", "ScaledDown").getMessage())
                .contains("Scale it to 1");
        sandboxes.apply("demo", "controlPlane: {env: [{name: A, value: b}]}");
        sandboxes.awaitObject(StatefulSet.class, "demo", changed -> Sandboxes.k3s(changed).getEnv().stream()
                .anyMatch(variable -> variable.getName().equals("A")));
        awaitReplicas(0);

        sandboxes.object(StatefulSet.class, "demo").scale(1);

        sandboxes.awaitReason("demo", "Ready", "PodPending");
        awaitReplicas(1);
    }

    @Test
    void oneWhoseTimeIsOverIsDeleted() {
        String end = in(SOON);
        sandboxes.apply("demo", "lifetime: {expiresAt: \"" + end + "\"}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        assertThat(sandboxes.get("demo").getStatus().expiresAt()).isEqualTo(end);

        awaitEnd();

        assertThat(Instant.now()).isAfterOrEqualTo(Instant.parse(end));
        await().untilAsserted(() -> assertThat(sandboxes.events("Expired")).hasSize(1));
    }

    @Test
    void itSaysBeforeThatItsTimeIsNearlyOver() {
        // A tenth of it is left for the notice.
        sandboxes.apply("demo", "lifetime: {expiresAt: \"" + in(Duration.ofSeconds(40)) + "\"}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        assertThat(sandboxes.condition("demo", "Expiring")).isEmpty();

        sandboxes.apply(
                "demo", "lifetime: {expiresAt: \"" + in(Duration.ofSeconds(1)) + "\", expirationPolicy: Suspend}");

        sandboxes.awaitReason("demo", "Expiring", "Expired");
        sandboxes.apply("demo", "lifetime: {ttl: 1h}");
        await().untilAsserted(() ->
                assertThat(sandboxes.condition("demo", "Expiring")).isEmpty());
        awaitReplicas(1);
    }

    @Test
    void oneThatIsSuspendedWhenItsTimeIsOverGoesOnWhenItGetsMore() {
        sandboxes.apply("demo", "lifetime: {expiresAt: \"" + in(SOON) + "\", expirationPolicy: Suspend}");
        awaitReplicas(1);

        awaitReplicas(0);
        sandboxes.awaitReason("demo", "Ready", "Suspended");
        sandboxes.awaitReason("demo", "Expiring", "Expired");

        sandboxes.apply("demo", "lifetime: {ttl: 8h, expirationPolicy: Suspend}");
        awaitReplicas(1);
    }

    @Test
    void whatIsPausedIsLeftAlone() {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.annotate("demo", "sandboxcluster.dev/paused", "true");
        assertThat(sandboxes.awaitReason("demo", "Ready", "Paused").getStatus()).isEqualTo("Unknown");

        sandboxes.object(Service.class, "demo").delete();
        sandboxes.apply(
                "demo", "operatingMode: Suspended, lifetime: {expiresAt: \"" + in(Duration.ofSeconds(1)) + "\"}");

        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            assertThat(sandboxes.object(Service.class, "demo").get()).isNull();
            assertThat(sandboxes
                            .object(StatefulSet.class, "demo")
                            .get()
                            .getSpec()
                            .getReplicas())
                    .isEqualTo(1);
            assertThat(sandboxes.get("demo")).isNotNull();
        });

        sandboxes.apply("demo", "operatingMode: Running");
        sandboxes.annotate("demo", "sandboxcluster.dev/paused", null);
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.awaitObject(Service.class, "demo");
    }

    /** It ended while nobody looked. */
    @Test
    void oneThatEndedWhileTheOperatorWasAwayIsDeletedThen() {
        operator.close();
        sandboxes.apply("demo", "lifetime: {expiresAt: \"" + in(Duration.ofSeconds(-3600)) + "\"}");

        operator = RunningOperator.start(HOST);

        awaitEnd();
    }

    /** The operator's machine has another time than the host cluster's. */
    @Test
    void anotherClockChangesNothing() {
        operator.close();
        operator = RunningOperator.living(HOST, Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
        sandboxes.apply("demo", "lifetime: {ttl: 30m}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        assertThat(sandboxes.condition("demo", "Expiring")).isEmpty();
        operator.close();
        operator = RunningOperator.living(HOST, Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)));
        String end = in(SOON);
        sandboxes.apply("demo", "lifetime: {expiresAt: \"" + end + "\"}");

        awaitEnd();

        assertThat(Instant.now()).isAfterOrEqualTo(Instant.parse(end));
    }

    /** The operator has not heard of it yet when the time is over. */
    @Test
    void aChangeAtTheLastMomentCounts() {
        LateWatches watches = new LateWatches("sandboxclusters");
        operator.close();
        operator = RunningOperator.hearing(HOST, watches);
        Instant end = Instant.now().plus(SOON);
        sandboxes.apply("demo", "lifetime: {expiresAt: \"" + end.truncatedTo(ChronoUnit.SECONDS) + "\"}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        watches.hold();
        sandboxes.apply("demo", "lifetime: {expiresAt: \"" + in(Duration.ofHours(1)) + "\"}");

        await().during(SOON.plusSeconds(2)).atMost(SOON.plusSeconds(8)).untilAsserted(() -> assertThat(
                        sandboxes.object(SandboxCluster.class, "demo").get())
                .isNotNull());
    }

    private void awaitReplicas(int wanted) {
        sandboxes.awaitObject(
                StatefulSet.class, "demo", found -> found.getSpec().getReplicas() == wanted);
    }

    private void awaitEnd() {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(
                        sandboxes.object(SandboxCluster.class, "demo").get())
                .isNull());
    }

    private static String in(Duration time) {
        return Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
