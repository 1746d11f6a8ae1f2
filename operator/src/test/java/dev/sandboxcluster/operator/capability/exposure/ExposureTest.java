package dev.sandboxcluster.operator.capability.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExposureTest {

    private static final Identity SANDBOX = new Identity("demo", "previews", "u");

    private static final ServiceAddresses SERVICE =
            new ServiceAddresses(Optional.of("10.96.0.7"), Optional.of(30443), Optional.empty(), Optional.empty());

    @Test
    void theServicesNameIsKnownAtOnceAndInTheCertificate() {
        assertThat(published(settings(""), SERVICE, Optional.empty(), Optional.empty()))
                .contains(new Endpoint(URI.create("https://demo.previews.svc:443"), Optional.empty()));
    }

    @Test
    void aNodesAddressIsLearnedLateAndVerifiedByAnotherName() {
        assertThat(published(settings("type: NodePort"), SERVICE, pod("10.0.0.7"), Optional.empty()))
                .contains(new Endpoint(URI.create("https://10.0.0.7:30443"), Optional.of("kubernetes.default.svc")));
        assertThat(published(settings("type: NodePort"), SERVICE, pod("2001:db8::7"), Optional.empty()))
                .contains(
                        new Endpoint(URI.create("https://[2001:db8::7]:30443"), Optional.of("kubernetes.default.svc")));
    }

    @Test
    void ofANodesAddressesTheOneOfTheServicesFamilyIsPublished() {
        Optional<Pod> pod = Optional.of(Serialization.unmarshal(
                "status: {hostIP: '2001:db8::7', hostIPs: [{ip: '2001:db8::7'}, {ip: 10.0.0.7}]}", Pod.class));
        ServiceAddresses ipv6 = ServiceAddresses.of(Serialization.unmarshal(
                "spec: {clusterIP: 'fd00::7', clusterIPs: ['fd00::7'], ports: [{port: 443, nodePort: 30443}]}",
                Service.class));

        assertThat(published(settings("type: NodePort"), SERVICE, pod, Optional.empty()))
                .map(Endpoint::url)
                .contains(URI.create("https://10.0.0.7:30443"));
        assertThat(published(settings("type: NodePort"), ipv6, pod, Optional.empty()))
                .map(Endpoint::url)
                .contains(URI.create("https://[2001:db8::7]:30443"));
    }

    @Test
    void ofSeveralAddressesOfALoadBalancerItIsAlwaysTheSameAndIpv4() {
        ExposureSettings settings = settings("type: LoadBalancer");

        assertThat(Stream.of(
                                "ip: 2001:db8::9}, {ip: 192.0.2.9}, {ip: 192.0.2.10",
                                "ip: 192.0.2.10}, {ip: 192.0.2.9}, {ip: 2001:db8::9",
                                "hostname: a.example.com}, {ip: 192.0.2.9}, {ip: 192.0.2.10")
                        .map(ExposureTest::balanced))
                .allSatisfy(addresses -> {
                    assertThat(published(settings, addresses, Optional.empty(), Optional.empty()))
                            .map(Endpoint::url)
                            .contains(URI.create("https://192.0.2.10:443"));
                    assertThat(settings.type().forWorkers(addresses))
                            .contains(new Endpoint(URI.create("https://192.0.2.10:443"), Optional.empty()));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"NodePort", "Router"})
    void machinesJoinAtTheSandboxsOwnPort(String type) {
        assertThat(settings("type: " + type + ", nodePort: {hostName: 192.0.2.1}")
                        .type()
                        .forWorkers(SERVICE))
                .contains(new Endpoint(URI.create("https://192.0.2.1:30443"), Optional.empty()));
    }

    @Test
    void machinesDoNotJoinAtAnIpv6Address() {
        Exposure exposure = settings("type: LoadBalancer").type();

        assertThat(exposure.forWorkers(balanced("ip: 2001:db8::9"))).isEmpty();
        assertThat(exposure.withoutWorkerAddress(balanced("ip: 2001:db8::9"))).satisfies(verdict -> {
            assertThat(verdict.reason()).isEqualTo("IPv4Required");
            assertThat(verdict.message()).contains("2001:db8::9", "expose.loadBalancer.annotations");
        });
        assertThat(exposure.withoutWorkerAddress(balanced("hostname: lb.example.com")))
                .extracting(Verdict::reason)
                .isEqualTo("LoadBalancerWithoutIP");
    }

    @Test
    void withoutAPodTheLastAddressStays() {
        assertThat(published(
                        settings("type: NodePort"), SERVICE, Optional.empty(), Optional.of("https://10.0.0.7:30443")))
                .map(Endpoint::url)
                .contains(URI.create("https://10.0.0.7:30443"));
        assertThat(published(
                        settings("type: NodePort"),
                        SERVICE,
                        Optional.empty(),
                        Optional.of("https://[2001:db8::7]:30443")))
                .map(Endpoint::url)
                .contains(URI.create("https://[2001:db8::7]:30443"));
    }

    @Test
    void theAddressOfAnotherKindOfExposureIsNone() {
        assertThat(published(
                        settings("type: NodePort"),
                        SERVICE,
                        Optional.empty(),
                        Optional.of("https://demo.previews.svc:443")))
                .isEmpty();
    }

    @Test
    void theUsersNameForTheNodesIsInTheCertificate() {
        ExposureSettings settings = settings("type: NodePort, nodePort: {hostName: nodes.example.com}");

        assertThat(published(settings, SERVICE, Optional.empty(), Optional.empty()))
                .contains(new Endpoint(URI.create("https://nodes.example.com:30443"), Optional.empty()));
        assertThat(settings.names()).contains("nodes.example.com");
    }

    @Test
    void aLoadBalancersAddressIsVerifiedByAnotherName() {
        ExposureSettings settings = settings("type: LoadBalancer");

        assertThat(published(settings, balanced("ip: 192.0.2.9"), Optional.empty(), Optional.empty()))
                .contains(new Endpoint(URI.create("https://192.0.2.9:443"), Optional.of("kubernetes.default.svc")));
        assertThat(published(settings, balanced("hostname: lb.example.com"), Optional.empty(), Optional.empty()))
                .map(Endpoint::url)
                .contains(URI.create("https://lb.example.com:443"));
        assertThat(published(settings, SERVICE, Optional.empty(), Optional.empty()))
                .isEmpty();
    }

    private static ServiceAddresses balanced(String ingress) {
        return ServiceAddresses.of(Serialization.unmarshal("""
                spec: {clusterIP: 10.96.0.7, ports: [{port: 443, nodePort: 30443}]}
                status: {loadBalancer: {ingress: [{%s}]}}
                """.formatted(ingress), Service.class));
    }

    private static Optional<Endpoint> published(
            ExposureSettings settings, ServiceAddresses addresses, Optional<Pod> pod, Optional<String> last) {
        return settings.type().published(SANDBOX, addresses, pod, last);
    }

    private static ExposureSettings settings(String expose) {
        return ExposureSettings.of(
                SANDBOX,
                Serialization.unmarshal("expose: {%s}".formatted(expose), SandboxClusterSpec.class),
                Optional.empty());
    }

    private static Optional<Pod> pod(String hostIp) {
        return Optional.of(
                new PodBuilder().withNewStatus().withHostIP(hostIp).endStatus().build());
    }
}
