package dev.sandboxcluster.operator.capability.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.capability.access.EndpointCheck;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.Observation.Pending;
import dev.sandboxcluster.operator.sandbox.Observation.ReadOnly;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WriteCheckTest {

    private static final Verdict FULL = Verdict.fails("VolumeFull", "full");

    @Test
    void aFullVolumeIsToldFromWhateverElseKeepsObjectsFromBeingStored() {
        assertThat(check(new ReadOnly("v1", "rpc error: code = Unknown desc = database or disk is full"), null))
                .hasValueSatisfying(verdict -> {
                    assertThat(verdict.reason()).isEqualTo("VolumeFull");
                    assertThat(verdict.message()).contains("storage.size").endsWith("database or disk is full");
                });
        assertThat(check(new ReadOnly("v1", "etcdserver: mvcc: database space exceeded"), FULL))
                .hasValueSatisfying(verdict -> {
                    assertThat(verdict.reason()).isEqualTo("WritesFail");
                    assertThat(verdict.message()).doesNotContain("storage.size").endsWith("space exceeded");
                });
    }

    @Test
    void theEndpointIsNotToBlame() {
        assertThat(EndpointCheck.verdict(Optional.of(new ReadOnly("v1", "database or disk is full")), Optional.empty())
                        .met())
                .isTrue();
    }

    @Test
    void theLastVerdictHoldsUntilTheOperatorHasLookedAgain() {
        assertThat(check(new Pending(), FULL)).contains(FULL);
        assertThat(check(new Available("v1"), FULL)).isEmpty();
        assertThat(check(new Pending(), Verdict.fails("NotReady", ""))).isEmpty();
        assertThat(WriteCheck.check(Optional.empty(), Optional.of(FULL))).isEmpty();
    }

    private static Optional<Verdict> check(Observation observation, Verdict lastKnown) {
        return WriteCheck.check(Optional.of(observation), Optional.ofNullable(lastKnown));
    }
}
