package dev.sandboxcluster.operator.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the environment may say. */
class RouterSettingsTest {

    @Test
    void nothingSaidIsAsUsual() {
        assertThat(RouterSettings.from(Map.of()))
                .isEqualTo(new RouterSettings(
                        8443,
                        8444,
                        8080,
                        Set.of(),
                        false,
                        RouterLimits.DEFAULT,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30)));
    }

    @Test
    void allCanBeSaid() {
        RouterSettings settings = RouterSettings.from(Map.of(
                "ROUTER_PORT", "1",
                "ROUTER_INTERNAL_PORT", "8",
                "HTTP_PORT", "2",
                "WATCH_NAMESPACES", "a, b",
                "PROXY_PROTOCOL", "true",
                "ROUTER_MAX_CONNECTIONS", "3",
                "ROUTER_MAX_CONNECTIONS_PER_SANDBOX", "4",
                "ROUTER_MAX_CONNECTIONS_PER_SOURCE", "5",
                "ROUTER_DRAIN", "6",
                "ROUTER_GRACE", "7"));

        assertThat(settings)
                .isEqualTo(new RouterSettings(
                        1,
                        8,
                        2,
                        Set.of("a", "b"),
                        true,
                        new RouterLimits(16 * 1024, Duration.ofSeconds(5), 3, 4, 5),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(7)));
    }

    @Test
    void whatIsNoNumberIsNamed() {
        assertThatThrownBy(() -> RouterSettings.from(Map.of("ROUTER_DRAIN", "soon")))
                .hasMessageContainingAll("ROUTER_DRAIN", "soon");
    }
}
