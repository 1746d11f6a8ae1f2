package dev.sandboxcluster.operator.cluster.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadyCheckTest {

    private static final Verdict GOOD = Verdict.holds("Good", "");
    private static final Verdict LOST_KEYS = Verdict.fails("PKISecretMissing", "keys");
    private static final Verdict NO_ADDRESS = new Verdict(Verdict.Status.Unknown, "WaitingForAddress", "");
    private static final Verdict STUCK = Verdict.fails("Unschedulable", "");
    private static final Verdict UNREACHABLE = Verdict.fails("ConnectionRefused", "");
    private static final Optional<Verdict> NONE = Optional.empty();

    @Test
    void allGood() {
        assertThat(ReadyCheck.check(Optional.empty(), GOOD, Optional.empty(), true, GOOD, GOOD, NONE))
                .matches(Verdict::met);
    }

    @Test
    void theFirstObstacleGivesTheReason() {
        assertThat(ReadyCheck.check(
                        Optional.of(Verdict.fails("NameConflict", "")),
                        LOST_KEYS,
                        Optional.empty(),
                        false,
                        STUCK,
                        UNREACHABLE,
                        NONE))
                .extracting(Verdict::reason)
                .isEqualTo("NameConflict");
        assertThat(ReadyCheck.check(Optional.empty(), LOST_KEYS, Optional.empty(), false, STUCK, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("PKISecretMissing");
        assertThat(ReadyCheck.check(Optional.empty(), GOOD, Optional.empty(), true, STUCK, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("Unschedulable");
        assertThat(ReadyCheck.check(Optional.empty(), GOOD, Optional.empty(), true, GOOD, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("ConnectionRefused");
    }

    @Test
    void anAddressThatComesWithThePodDoesNotHideWhatKeepsThePod() {
        assertThat(ReadyCheck.check(Optional.empty(), NO_ADDRESS, Optional.empty(), false, STUCK, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("Unschedulable");
        assertThat(ReadyCheck.check(Optional.empty(), NO_ADDRESS, Optional.empty(), false, GOOD, UNREACHABLE, NONE))
                .extracting(Verdict::status, Verdict::reason)
                .containsExactly(Verdict.Status.False, "WaitingForAddress");
    }

    @Test
    void lostKeysDoNotStopAClusterThatWorksButAreSaid() {
        assertThat(ReadyCheck.check(Optional.empty(), LOST_KEYS, Optional.empty(), true, GOOD, GOOD, NONE))
                .extracting(Verdict::met, Verdict::reason, Verdict::message)
                .containsExactly(true, "PKISecretMissing", "The cluster can be used, but: keys");
    }

    @Test
    void aMissingVolumeExplainsWhyThereIsNoPod() {
        Verdict pending = Verdict.fails("VolumePending", "soon");
        Verdict starting = Verdict.fails("PodPending", "");

        assertThat(ReadyCheck.check(
                        Optional.empty(),
                        GOOD,
                        Optional.of(Verdict.fails("ProvisioningFailed", "")),
                        true,
                        starting,
                        UNREACHABLE,
                        NONE))
                .extracting(Verdict::reason)
                .isEqualTo("ProvisioningFailed");
        assertThat(ReadyCheck.check(Optional.empty(), GOOD, Optional.of(pending), true, starting, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("PodPending");
        assertThat(ReadyCheck.check(Optional.empty(), GOOD, Optional.of(pending), true, STUCK, UNREACHABLE, NONE))
                .extracting(Verdict::reason)
                .isEqualTo("VolumePending");
    }

    @Test
    void aVolumeThatCannotGrowDoesNotStopAClusterThatWorks() {
        assertThat(ReadyCheck.check(
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

        assertThat(ReadyCheck.check(
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
}
