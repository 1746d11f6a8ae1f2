package dev.sandboxcluster.operator.capability.outputs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutputsCheckTest {

    private static final OutputsSettings NONE = new OutputsSettings(Set.of(), Optional.empty(), Optional.empty());
    private static final OutputsSettings.Argo ARGO =
            new OutputsSettings.Argo("previews", true, "demo-argocd", false, Optional.empty(), Map.of());
    private static final OutputsSettings BOTH =
            new OutputsSettings(Set.of(), Optional.of(ARGO), Optional.of("demo-ca"));
    private static final Verdict REFUSAL = Verdict.fails(Reason.QUOTA_EXCEEDED, "used up");

    @Test
    void whoAsksForNothingIsToldNothing() {
        assertThat(OutputsCheck.check(NONE, true, Optional.empty())).isEmpty();
    }

    @Test
    void whereToFindWhatIsWritten() {
        assertThat(OutputsCheck.check(BOTH, true, Optional.empty()))
                .hasValue(Verdict.holds(
                        Reason.OUTPUTS_WRITTEN,
                        "Argo CD's Secret is previews/demo-argocd; the CA is in ConfigMap demo-ca"));
    }

    @Test
    void withoutAKubeconfigNobodyKnowsYet() {
        assertThat(OutputsCheck.check(BOTH, false, Optional.empty())).hasValueSatisfying(verdict -> {
            assertThat(verdict.status()).isEqualTo(Verdict.Status.Unknown);
            assertThat(verdict.reason()).isEqualTo(Reason.WAITING_FOR_KUBECONFIG);
        });
    }

    @Test
    void whatCannotBeWithdrawnIsSaidThoughNothingIsAskedFor() {
        assertThat(OutputsCheck.check(NONE, true, Optional.of(REFUSAL))).hasValue(REFUSAL);
        assertThat(OutputsCheck.check(BOTH, true, Optional.of(REFUSAL))).hasValue(REFUSAL);
    }

    @Test
    void theSecretOfSomebodyElseIsNotTheKubeconfigs() {
        assertThat(OutputsCheck.refused(ARGO, Verdict.fails(Reason.SECRET_CONFLICT, "set kubeconfig.secretName")))
                .satisfies(verdict -> {
                    assertThat(verdict.reason()).isEqualTo(Reason.NAME_CONFLICT);
                    assertThat(verdict.message())
                            .contains("Secret previews/demo-argocd", "Delete it")
                            .doesNotContain("kubeconfig");
                });
        assertThat(OutputsCheck.refused(ARGO, REFUSAL)).isEqualTo(REFUSAL);
    }

    @Test
    void whichNamespacesArePermitted() {
        assertThat(OutputsCheck.notPermitted("argocd", Set.of()).message()).contains("argocd", "which is empty");
        assertThat(OutputsCheck.notPermitted("mine", Set.of("b", "a")).message())
                .contains("mine", ": a, b.");
    }
}
