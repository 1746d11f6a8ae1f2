package dev.sandboxcluster.operator.capability.workers.external.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoinProofTest {

    private static final List<GroupToken> TOKENS = List.of(
            new GroupToken("aaaaaa", "0123456789abcdef", "gpu"), new GroupToken("bbbbbb", "fedcba9876543210", "build"));

    /** As {@code printf '%s:%s' "$secret" "$name" | sha256sum | cut -c-40} has it. */
    private static final String PROOF = "aaaaaa.118ffa1255af58ae81dce1f79aaf7efe4e36bd13";

    @Test
    void theLabelIsWhatAShellMakes() {
        assertThat(JoinProof.label("aaaaaa", "0123456789abcdef", "gpu-1"))
                .isEqualTo(PROOF)
                .hasSizeLessThanOrEqualTo(63);
    }

    @Test
    void itProvesTheTokensGroup() {
        assertThat(JoinProof.verify(PROOF, "gpu-1", TOKENS)).contains("gpu");
        assertThat(JoinProof.verify(JoinProof.label("bbbbbb", "fedcba9876543210", "gpu-1"), "gpu-1", TOKENS))
                .contains("build");
    }

    @Test
    void itIsNotAnotherNodes() {
        assertThat(JoinProof.verify(PROOF, "gpu-2", TOKENS)).isEmpty();
    }

    @Test
    void itEndsWithItsToken() {
        assertThat(JoinProof.verify(PROOF, "gpu-1", TOKENS.subList(1, 2))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "aaaaaa", "aaaaaa.", "aaaaaa.0123456789abcdef", "cccccc.x", "é.é"})
    void whatIsNone(String label) {
        assertThat(JoinProof.verify(label, "gpu-1", TOKENS)).isEmpty();
    }

    @Test
    void theHashIsNotAnotherTokens() {
        assertThat(JoinProof.verify(PROOF.replace("aaaaaa", "bbbbbb"), "gpu-1", TOKENS))
                .isEmpty();
        assertThat(JoinProof.verify(PROOF.substring(0, PROOF.length() - 1), "gpu-1", TOKENS))
                .isEmpty();
    }

    @Test
    void aTokenDoesNotPrintItsSecret() {
        assertThat(TOKENS.toString()).doesNotContain("0123456789abcdef").contains("aaaaaa", "gpu");
    }
}
