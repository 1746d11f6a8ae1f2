package dev.sandboxcluster.operator.capability.classes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ClassLimits.NamespaceLimits;
import dev.sandboxcluster.operator.capability.classes.NamespaceQuota.Member;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether one more fits into a namespace. */
class NamespaceQuotaTest {

    private static final Member OLD = member("old", "2026-11-26T09:00:00Z", "1Gi");
    private static final Member A = member("a", "2026-11-26T10:00:00Z", "1Gi");
    private static final Member B = member("b", "2026-11-26T10:00:00Z", "1Gi");

    @Test
    void ofTheSameSecondTheFirstByNameComesIn() {
        NamespaceQuota two = new NamespaceQuota(new NamespaceLimits(2, null));

        assertThat(two.obstacle(A, List.of(OLD), List.of(B))).isEmpty();
        assertThat(two.obstacle(B, List.of(OLD), List.of(A)))
                .hasValueSatisfying(message -> assertThat(message).contains("may have 2 of them"));
        assertThat(two.obstacle(B, List.of(), List.of(A))).isEmpty();
    }

    @Test
    void whoIsInStaysInThoughTheOrderSaysOtherwise() {
        NamespaceQuota one = new NamespaceQuota(new NamespaceLimits(1, null));

        assertThat(one.obstacle(OLD, List.of(B), List.of())).isPresent();
    }

    @Test
    void memoryCountsByWhatMayBeUsed() {
        NamespaceQuota memory = new NamespaceQuota(new NamespaceLimits(null, "2560Mi"));

        assertThat(memory.obstacle(A, List.of(OLD), List.of())).isEmpty();
        assertThat(memory.obstacle(B, List.of(OLD, A), List.of()))
                .hasValueSatisfying(message -> assertThat(message).contains("2560Mi", "1Gi"));
    }

    /** A large one that finds no room holds up no small one. */
    @Test
    void whatDoesNotFitIsPassedOver() {
        NamespaceQuota memory = new NamespaceQuota(new NamespaceLimits(null, "2Gi"));
        Member large = member("large", "2026-11-26T09:30:00Z", "2Gi");

        assertThat(memory.obstacle(large, List.of(OLD), List.of(A))).isPresent();
        assertThat(memory.obstacle(A, List.of(OLD), List.of(large))).isEmpty();
    }

    private static Member member(String name, String created, String memory) {
        return new Member(name, created, name, new Quantity(memory));
    }
}
