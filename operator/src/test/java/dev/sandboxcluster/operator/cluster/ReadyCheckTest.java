package dev.sandboxcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.classes.Classed;
import dev.sandboxcluster.operator.capability.doze.Slept;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.capability.lifetime.Life;
import dev.sandboxcluster.operator.capability.renewal.Renewal;
import dev.sandboxcluster.operator.capability.storage.Stored;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadyCheckTest {

    private static final Verdict GOOD = Verdict.holds("Good", "");
    private static final Verdict LOST_KEYS = Verdict.fails("PKISecretMissing", "keys");
    private static final Verdict NO_ADDRESS = new Verdict(Verdict.Status.Unknown, "WaitingForAddress", "");
    private static final Verdict STUCK = Verdict.fails("Unschedulable", "");
    private static final Verdict UNREACHABLE = Verdict.fails("ConnectionRefused", "");
    private static final Optional<Verdict> NONE = Optional.empty();
    private static final Stored STORED = new Stored(Optional.empty(), Optional.empty(), true);

    @Test
    void allGood() {
        assertThat(ready(Optional.empty(), GOOD, Optional.empty(), true, GOOD, GOOD, NONE))
                .matches(Verdict::met);
    }

    @Test
    void theFirstObstacleGivesTheReason() {
        assertThat(ready(
                        Optional.of(Verdict.fails("NameConflict", "")),
                        LOST_KEYS,
                        Optional.empty(),
                        false,
                        STUCK,
                        UNREACHABLE,
                        NONE))
                .extracting(Verdict::reason)
                .isEqualTo("NameConflict");
        assertThat(ready(Optional.empty(), LOST_KEYS, Optional.empty(), false, STUCK, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("PKISecretMissing");
        assertThat(ready(Optional.empty(), GOOD, Optional.empty(), true, STUCK, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("Unschedulable");
        assertThat(ready(Optional.empty(), GOOD, Optional.empty(), true, GOOD, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("ConnectionRefused");
    }

    @Test
    void anAddressThatComesWithThePodDoesNotHideWhatKeepsThePod() {
        assertThat(ready(Optional.empty(), NO_ADDRESS, Optional.empty(), false, STUCK, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("Unschedulable");
        assertThat(ready(Optional.empty(), NO_ADDRESS, Optional.empty(), false, GOOD, UNREACHABLE, NONE))
                .extracting(Verdict::status, Verdict::reason)
                .containsExactly(Verdict.Status.False, "WaitingForAddress");
    }

    @Test
    void lostKeysDoNotStopAClusterThatWorksButAreSaid() {
        assertThat(ready(Optional.empty(), LOST_KEYS, Optional.empty(), true, GOOD, GOOD, NONE))
                .extracting(Verdict::met, Verdict::reason, Verdict::message)
                .containsExactly(true, "PKISecretMissing", "The cluster can be used, but: keys");
    }

    @Test
    void lostKeysExplainWhyTheKubeconfigIsRefused() {
        assertThat(ready(
                        Optional.empty(),
                        LOST_KEYS,
                        Optional.empty(),
                        true,
                        GOOD,
                        Verdict.fails("Forbidden", "may not"),
                        NONE))
                .extracting(Verdict::status, Verdict::reason)
                .containsExactly(Verdict.Status.False, "PKISecretMissing");
        assertThat(ready(Optional.empty(), LOST_KEYS, Optional.empty(), true, GOOD, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("ConnectionRefused");
    }

    @Test
    void aMissingVolumeExplainsWhyThereIsNoPod() {
        Verdict pending = Verdict.fails("VolumePending", "soon");
        Verdict starting = Verdict.fails("PodPending", "");

        assertThat(ready(
                        Optional.empty(),
                        GOOD,
                        Optional.of(Verdict.fails("ProvisioningFailed", "")),
                        true,
                        starting,
                        UNREACHABLE,
                        NONE))
                .extracting(Verdict::reason)
                .isEqualTo("ProvisioningFailed");
        assertThat(ready(Optional.empty(), GOOD, Optional.of(pending), true, starting, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("PodPending");
        assertThat(ready(Optional.empty(), GOOD, Optional.of(pending), true, STUCK, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("VolumePending");
    }

    @Test
    void aVolumeThatCannotGrowDoesNotStopAClusterThatWorks() {
        assertThat(ready(
                        Optional.empty(),
                        GOOD,
                        Optional.of(Verdict.fails("ExpansionRefused", "no")),
                        true,
                        GOOD,
                        GOOD,
                        NONE))
                .extracting(Verdict::met, Verdict::reason)
                .containsExactly(true, "ExpansionRefused");
    }

    @Test
    void aClusterThatStoresNothingIsNotReadyWhateverElseIsWrongWithTheVolume() {
        Optional<Verdict> full = Optional.of(Verdict.fails("VolumeFull", "full"));

        assertThat(ready(
                        Optional.empty(),
                        GOOD,
                        Optional.of(Verdict.fails("ExpansionRefused", "no")),
                        true,
                        GOOD,
                        GOOD,
                        full))
                .extracting(Verdict::met, Verdict::reason)
                .containsExactly(false, "VolumeFull");
    }

    @Test
    void whatIsToBeInTheClusterComesLast() {
        Optional<Verdict> refused = Optional.of(Verdict.fails("BootstrapRefused", "no"));

        assertThat(ready(NONE, GOOD, NONE, true, GOOD, GOOD, NONE, refused))
                .extracting(Verdict::met, Verdict::reason)
                .containsExactly(false, "BootstrapRefused");
        assertThat(ready(NONE, GOOD, NONE, true, GOOD, UNREACHABLE, NONE, refused))
                .extracting(Verdict::reason)
                .isEqualTo("ConnectionRefused");
    }

    /**
     * What Ready says.
     *
     * @param problem what keeps an object from being written
     * @param published whether there is a kubeconfig
     * @param writes what keeps objects from being stored
     */
    private static Verdict ready(
            Optional<Verdict> problem,
            Verdict credentials,
            Optional<Verdict> storage,
            boolean published,
            Verdict controlPlane,
            Verdict endpoint,
            Optional<Verdict> writes) {
        return ready(problem, credentials, storage, published, controlPlane, endpoint, writes, NONE);
    }

    /** @param bootstrap what keeps the sandbox from having in it what it is to have before it is Ready */
    private static Verdict ready(
            Optional<Verdict> problem,
            Verdict credentials,
            Optional<Verdict> storage,
            boolean published,
            Verdict controlPlane,
            Verdict endpoint,
            Optional<Verdict> writes,
            Optional<Verdict> bootstrap) {
        Outcome<Stored> contents = Outcome.of(STORED).withProblem(writes);
        return ReadyCheck.check(new Results(
                Outcome.of(Classed.without(SandboxClusterSpec.EMPTY)),
                Outcome.of(new Life(Optional.empty(), false, false)),
                Outcome.of(Slept.NEVER),
                List.of(Outcome.written(problem)),
                new Keys(Optional.empty(), Optional.empty()),
                Exposed.NOWHERE,
                STORED,
                Outcome.of(new Access(
                                Optional.of(new Secret()).filter(secret -> published),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                false))
                        .reporting(ConditionType.CredentialsReady, credentials),
                Outcome.of(Optional.<Observation>empty()).reporting(ConditionType.EndpointReachable, endpoint),
                Outcome.of(Renewal.UNKNOWN),
                Outcome.<Void>of(null).reporting(ConditionType.ControlPlaneReady, controlPlane),
                Outcome.of(null),
                storage.map(verdict -> contents.reporting(ConditionType.StorageReady, verdict))
                        .orElse(contents),
                Outcome.of(null),
                Outcome.written(bootstrap),
                Outcome.of(null),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    }
}
