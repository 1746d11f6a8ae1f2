package dev.sandboxcluster.operator.capability.workers.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport;
import dev.sandboxcluster.operator.sandbox.Failure;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told of webhooks after workers were simulated. */
class WebhooksCheckTest {

    @Test
    void whatKeepsThemFromBeingPutBackIsTold() {
        assertThat(WebhooksCheck.withdrawing(CalloutReport.UNKNOWN)).isEmpty();
        assertThat(WebhooksCheck.withdrawing(report(false, null))).isEmpty();
        assertThat(WebhooksCheck.withdrawing(report(false, new Failure(Reason.SANDBOX_TOO_LARGE, "it has more"))))
                .isEmpty();
        assertThat(WebhooksCheck.withdrawing(report(true, new Failure(Reason.SANDBOX_TOO_LARGE, "it has more"))))
                .hasValueSatisfying(verdict -> {
                    assertThat(verdict.reason()).isEqualTo(Reason.SANDBOX_TOO_LARGE);
                    assertThat(verdict.message())
                            .isEqualTo(
                                    "Workers aren't simulated any more, and webhooks may still be ignored as the operator"
                                            + " set them: there is too much to read: it has more");
                });
        assertThat(WebhooksCheck.withdrawing(report(false, new Failure(Reason.SANDBOX_REFUSED, "HTTP 429"))))
                .hasValueSatisfying(verdict -> assertThat(verdict.message())
                        .endsWith("the cluster forbids what the operator needs to put them back: HTTP 429"));
    }

    private static CalloutReport report(boolean unseen, Failure failure) {
        return CalloutReport.of(List.of(), any -> false, any -> false, unseen, Optional.ofNullable(failure));
    }
}
