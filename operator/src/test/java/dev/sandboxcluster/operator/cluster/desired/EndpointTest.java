package dev.sandboxcluster.operator.cluster.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndpointTest {

    private static final ServiceAddresses SERVICE =
            new ServiceAddresses(Optional.of("10.96.0.7"), Optional.of(30443), Optional.empty(), Optional.empty());

    @Test
    void theServicesNameIsKnownAtOnceAndInTheCertificate() {
        assertThat(Endpoint.published(blueprint(""), SERVICE, Optional.empty(), Optional.empty()))
                .contains(new Endpoint(URI.create("https://demo.previews.svc:443"), Optional.empty()));
    }

    @Test
    void aNodesAddressIsLearnedLateAndVerifiedByAnotherName() {
        assertThat(Endpoint.published(blueprint("type: NodePort"), SERVICE, pod("10.0.0.7"), Optional.empty()))
                .contains(new Endpoint(URI.create("https://10.0.0.7:30443"), Optional.of("kubernetes.default.svc")));
        assertThat(Endpoint.published(blueprint("type: NodePort"), SERVICE, pod("2001:db8::7"), Optional.empty()))
                .contains(
                        new Endpoint(URI.create("https://[2001:db8::7]:30443"), Optional.of("kubernetes.default.svc")));
    }

    @Test
    void withoutAPodTheLastAddressStays() {
        assertThat(Endpoint.published(
                        blueprint("type: NodePort"), SERVICE, Optional.empty(), Optional.of("https://10.0.0.7:30443")))
                .map(Endpoint::url)
                .contains(URI.create("https://10.0.0.7:30443"));
        assertThat(Endpoint.published(
                        blueprint("type: NodePort"),
                        SERVICE,
                        Optional.empty(),
                        Optional.of("https://[2001:db8::7]:30443")))
                .map(Endpoint::url)
                .contains(URI.create("https://[2001:db8::7]:30443"));
    }

    @Test
    void theAddressOfAnotherKindOfExposureIsNone() {
        assertThat(Endpoint.published(
                        blueprint("type: NodePort"),
                        SERVICE,
                        Optional.empty(),
                        Optional.of("https://demo.previews.svc:443")))
                .isEmpty();
    }

    @Test
    void theUsersNameForTheNodesIsInTheCertificate() {
        Blueprint blueprint = blueprint("type: NodePort, nodePort: {hostName: nodes.example.com}");

        assertThat(Endpoint.published(blueprint, SERVICE, Optional.empty(), Optional.empty()))
                .contains(new Endpoint(URI.create("https://nodes.example.com:30443"), Optional.empty()));
        assertThat(blueprint.tlsSans()).contains("nodes.example.com");
    }

    @Test
    void aLoadBalancersAddressIsVerifiedByAnotherName() {
        Blueprint blueprint = blueprint("type: LoadBalancer");

        assertThat(Endpoint.published(blueprint, balanced("ip: 192.0.2.9"), Optional.empty(), Optional.empty()))
                .contains(new Endpoint(URI.create("https://192.0.2.9:443"), Optional.of("kubernetes.default.svc")));
        assertThat(Endpoint.published(
                        blueprint, balanced("hostname: lb.example.com"), Optional.empty(), Optional.empty()))
                .map(Endpoint::url)
                .contains(URI.create("https://lb.example.com:443"));
        assertThat(Endpoint.published(blueprint, SERVICE, Optional.empty(), Optional.empty()))
                .isEmpty();
    }

    private static ServiceAddresses balanced(String ingress) {
        return ServiceAddresses.of(Serialization.unmarshal("""
                spec: {clusterIP: 10.96.0.7, ports: [{port: 443, nodePort: 30443}]}
                status: {loadBalancer: {ingress: [{%s}]}}
                """.formatted(ingress), Service.class));
    }

    private static Blueprint blueprint(String expose) {
        return Blueprint.of(
                Serialization.unmarshal("""
                        apiVersion: sandboxcluster.dev/v1alpha1
                        kind: SandboxCluster
                        metadata: {name: demo, namespace: previews, uid: u}
                        spec: {expose: {%s}}
                        """.formatted(expose), SandboxCluster.class), OperatorConfig.from(Map.of()));
    }

    private static Optional<Pod> pod(String hostIp) {
        return Optional.of(
                new PodBuilder().withNewStatus().withHostIP(hostIp).endStatus().build());
    }
}
