package dev.sandboxcluster.operator.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngressPolicyTest {

    @ParameterizedTest
    @CsvSource({
        "shop.example.com, shop.example.com, true",
        "shop.example.com, a.shop.example.com, false",
        "*.example.com, shop.example.com, true",
        "*.example.com, a.shop.example.com, false",
        "*.example.com, example.com, false",
        "*.example.com, shopexample.com, false",
        "*.com, com, false",
        "*.{namespace}.example.com, shop.team-a.example.com, true",
        "*.{namespace}.example.com, shop.team-b.example.com, false",
        "{namespace}.example.com, team-a.example.com, true",
        "*.team-a, team-a, false",
    })
    void hostNamesAreAllowedLabelByLabel(String pattern, String host, boolean allowed) {
        IngressPolicy policy = new IngressPolicy(List.of(pattern), Optional.empty(), Map.of());

        assertThat(policy.allows(host, "team-a")).isEqualTo(allowed);
    }

    @Test
    void withoutHostNamesThereAreNone() {
        assertThat(IngressPolicy.from(Map.of("HOSTED_WORKERS_INGRESS_CLASS", "nginx")))
                .isEmpty();
        assertThat(IngressPolicy.from(Map.of(
                        "HOSTED_WORKERS_INGRESS_HOSTS",
                        "b.example.com,a.example.com",
                        "HOSTED_WORKERS_INGRESS_ANNOTATIONS",
                        "{\"cert-manager.io/cluster-issuer\":\"previews\"}")))
                .contains(new IngressPolicy(
                        List.of("a.example.com", "b.example.com"),
                        Optional.empty(),
                        Map.of("cert-manager.io/cluster-issuer", "previews")));
    }
}
