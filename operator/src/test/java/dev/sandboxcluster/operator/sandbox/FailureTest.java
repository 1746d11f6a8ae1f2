package dev.sandboxcluster.operator.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Line;
import org.junit.jupiter.api.Test;

/** What is kept of what went wrong in a sandbox. */
class FailureTest {

    @Test
    void whatTheSandboxSaidIsKeptAsOneLineOfSomeLength() {
        assertThat(new Failure(Reason.SANDBOX_REFUSED, "a".repeat(1024 * 1024)).why())
                .hasSize(Line.MESSAGE);
        assertThat(new Failure(Reason.SANDBOX_REFUSED, "not\nhere").why()).isEqualTo("not here");
    }
}
