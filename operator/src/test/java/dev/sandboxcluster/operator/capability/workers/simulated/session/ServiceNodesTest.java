package dev.sandboxcluster.operator.capability.workers.simulated.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How Services are asked for. */
class ServiceNodesTest {

    @Test
    void theyAreAskedForInPortions() {
        assertThat(ServiceNodes.portions(Set.of())).isEmpty();
        assertThat(ServiceNodes.portions(Set.of(new Service("a", "hooks"), new Service("b", "hooks"))))
                .containsExactly(List.of("hooks"));
        assertThat(ServiceNodes.portions(services(65))).extracting(List::size).containsExactly(64, 1);
        assertThat(ServiceNodes.portions(services(512)).stream().flatMap(Collection::stream))
                .hasSize(512)
                .doesNotHaveDuplicates();
        assertThat(ServiceNodes.portions(services(2000))).hasSize(8).allSatisfy(portion -> assertThat(portion)
                .hasSize(64));
    }

    private static Set<Service> services(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new Service("web", "s" + number))
                .collect(Collectors.toSet());
    }
}
