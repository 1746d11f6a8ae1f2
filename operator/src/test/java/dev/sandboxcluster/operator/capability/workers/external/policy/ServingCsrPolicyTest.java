package dev.sandboxcluster.operator.capability.workers.external.policy;

import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.NOW;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.P256;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.content;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.dns;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.extensions;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.ip;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.object;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.serving;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ServingCsrPolicyTest {

    private static final String SUBJECT = "O=system:nodes,CN=system:node:gpu-1";
    private static final List<String> USAGES = List.of("digital signature", "key encipherment", "server auth");
    private static final List<String> NODE_GROUPS = List.of("system:nodes", "system:authenticated");
    private static final Instant LATE = NOW.plus(ServingCsrPolicy.PATIENCE);

    private final ServingCsrPolicy policy =
            new ServingCsrPolicy(Reserved.of(List.of("Demo.example.org.", "192.0.2.10", "10.53.0.1", "2001:db8::10")));
    private final Node node = address(
            address(
                    address(
                            address(
                                    address(Nodes.node("gpu-1", "True"), "Hostname", "gpu-1.lan"),
                                    "InternalDNS",
                                    "gpu-1.internal"),
                            "ExternalDNS",
                            "GPU-1.example.org"),
                    "InternalIP",
                    "10.0.0.7"),
            "ExternalIP",
            "2001:db8::7");

    @Test
    void aNodeServesAtItsOwnAddresses() {
        assertThat(decide(
                        dns("gpu-1"),
                        dns("gpu-1.lan"),
                        dns("gpu-1.internal"),
                        dns("gpu-1.example.org"),
                        ip("10.0.0.7"),
                        ip("2001:db8::7")))
                .isInstanceOfSatisfying(Decision.Approve.class, approve -> {
                    assertThat(approve.nodeName()).isEqualTo("gpu-1");
                    assertThat(approve.group()).isEmpty();
                });
    }

    static Stream<Arguments> othersBusiness() {
        String pem = serving(SUBJECT, dns("gpu-1"));
        return Stream.of(
                arguments(
                        "another signer",
                        object("kubernetes.io/legacy-unknown", "system:node:gpu-1", NODE_GROUPS, USAGES, pem)),
                arguments(
                        "the sandbox's admin",
                        object(ServingCsrPolicy.SIGNER, "system:admin", List.of("system:masters"), USAGES, pem)),
                arguments(
                        "a machine that has yet to join",
                        object(ServingCsrPolicy.SIGNER, "system:bootstrap:aaaaaa", NODE_GROUPS, USAGES, pem)),
                arguments("decided", Requests.with(by("gpu-1", pem), "Denied", NOW)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void othersBusiness(String what, CertificateSigningRequest request) {
        assertThat(policy.decide(request, List.of(node), NOW)).isEqualTo(new Decision.NotOurs());
    }

    @Test
    void theRequesterIsANode() {
        assertThat(reason(policy.decide(
                        object(
                                ServingCsrPolicy.SIGNER,
                                "system:node:gpu-1",
                                List.of("system:authenticated"),
                                USAGES,
                                serving(SUBJECT, dns("gpu-1"))),
                        List.of(node),
                        NOW)))
                .isEqualTo("RequesterRefused");
    }

    @ParameterizedTest
    @CsvSource({
        "'O=system:nodes,CN=system:node:gpu-1', ''",
        "'O=system:nodes,CN=system:node:gpu-2', SubjectRefused",
        "'O=system:masters,CN=system:node:gpu-1', SubjectRefused",
        "'O=system:nodes,CN=kubernetes', SubjectRefused",
        "'O=system:nodes,CN=system:node:gpu-1,OU=x', SubjectRefused"
    })
    void theSubjectIsTheRequester(String subject, String expected) {
        assertThat(reason(policy.decide(by("gpu-1", serving(subject, dns("gpu-1"))), List.of(node), NOW)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "digital signature;server auth, ''",
        "digital signature;key encipherment, UsagesRefused",
        "digital signature;server auth;client auth, UsagesRefused",
        "digital signature;client auth, UsagesRefused"
    })
    void usages(String usages, String expected) {
        assertThat(reason(policy.decide(
                        object(
                                ServingCsrPolicy.SIGNER,
                                "system:node:gpu-1",
                                NODE_GROUPS,
                                List.of(usages.split(";")),
                                serving(SUBJECT, dns("gpu-1"))),
                        List.of(node),
                        NOW)))
                .isEqualTo(expected);
    }

    @Test
    void malformed() {
        assertThat(reason(policy.decide(by("gpu-1", "s3cret"), List.of(node), NOW)))
                .isEqualTo("RequestMalformed");
    }

    @Test
    void noOtherExtensions() throws IOException {
        ExtensionsGenerator extensions = extensions(dns("gpu-1"));
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        String pem = sign(
                content(SUBJECT, P256)
                        .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate()),
                P256);
        assertThat(reason(policy.decide(by("gpu-1", pem), List.of(node), NOW))).isEqualTo("ExtensionRefused");
    }

    @Test
    void withoutAnAddress() {
        String pem = sign(content(SUBJECT, P256), P256);
        assertThat(reason(policy.decide(by("gpu-1", pem), List.of(node), NOW))).isEqualTo("AddressMissing");
    }

    static Stream<Arguments> refusedKinds() {
        return Stream.of(
                arguments(new GeneralName(GeneralName.uniformResourceIdentifier, "https://gpu-1")),
                arguments(new GeneralName(GeneralName.rfc822Name, "root@gpu-1")),
                arguments(new GeneralName(GeneralName.registeredID, "1.2.3")),
                arguments(new GeneralName(GeneralName.directoryName, "CN=kubernetes")),
                arguments(new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[8]))),
                arguments(dns("*.lan")),
                arguments(dns("GPU-1")),
                arguments(dns("gpu-1.")),
                arguments(dns("")));
    }

    @ParameterizedTest
    @MethodSource
    void refusedKinds(GeneralName name) {
        assertThat(reason(decide(dns("gpu-1"), name))).isEqualTo("AddressRefused");
    }

    /** Even of a node that says that all of this is its own. */
    @ParameterizedTest
    @CsvSource({
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
        "localhost",
        "k3s",
        "webhook.default.svc",
        "demo.example.org",
        "192.0.2.10"
    })
    void reservedNames(String name) {
        Node liar = Nodes.with(node, "Hostname", name);
        assertThat(reason(decide(List.of(liar), LATE, dns("gpu-1"), dns(name)))).isEqualTo("AddressReserved");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "0.0.0.0",
        "::",
        "169.254.169.254",
        "fe80::1",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "192.0.2.10",
        "10.53.0.1",
        "2001:db8:0:0::10"
    })
    void reservedAddresses(String address) {
        Node liar = Nodes.with(node, "InternalIP", address);
        assertThat(reason(decide(List.of(liar), LATE, dns("gpu-1"), ip(address))))
                .isEqualTo("AddressReserved");
    }

    @Test
    void ipv4InIpv6IsTheSameAddress() {
        byte[] octets = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 255, (byte) 255, (byte) 192, 0, 2, 10};
        assertThat(reason(decide(new GeneralName(GeneralName.iPAddress, new DEROctetString(octets)))))
                .isEqualTo("AddressReserved");
    }

    static Stream<Arguments> anothers() {
        Node other = Nodes.node("gpu-2", "True");
        Node silent = Nodes.node("gpu-2", "Unknown");
        return Stream.of(
                arguments("its InternalIP", Nodes.with(other, "InternalIP", "10.0.0.7"), "AddressInUse"),
                arguments("its ExternalIP", Nodes.with(other, "ExternalIP", "10.0.0.7"), "AddressInUse"),
                arguments("its name", Nodes.node("gpu-1.lan", "True"), "AddressInUse"),
                arguments("its host name", Nodes.with(other, "Hostname", "gpu-1.lan"), "AddressInUse"),
                arguments("in capitals", Nodes.with(other, "Hostname", "GPU-1.LAN"), "AddressInUse"),
                arguments(
                        "of one whose network is not ready",
                        Nodes.with(Nodes.node("gpu-2", "False"), "InternalIP", "10.0.0.7"),
                        "AddressInUse"),
                arguments(
                        "of one that has just registered",
                        new NodeBuilder()
                                .withNewMetadata()
                                .withName("gpu-2")
                                .endMetadata()
                                .withNewStatus()
                                .addNewAddress("10.0.0.7", "InternalIP")
                                .endStatus()
                                .build(),
                        "AddressInUse"),
                arguments("of one that fell silent", Nodes.with(silent, "InternalIP", "10.0.0.7"), ""),
                arguments("the name of one that fell silent", Nodes.node("gpu-1.lan", "Unknown"), "AddressInUse"),
                arguments("nothing of it", Nodes.with(other, "InternalIP", "10.0.0.8"), ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void anothers(String what, Node other, String expected) {
        assertThat(reason(decide(List.of(node, other), NOW, dns("gpu-1.lan"), ip("10.0.0.7"))))
                .isEqualTo(expected);
    }

    @Test
    void whatTheNodeLacksIsWaitedFor() {
        assertThat(decide(List.of(node), LATE.minusSeconds(1), ip("10.0.0.9"))).isInstanceOf(Decision.Wait.class);
        assertThat(decide(List.of(node), LATE.minusSeconds(1), dns("elsewhere")))
                .isInstanceOf(Decision.Wait.class);
        assertThat(decide(List.of(Nodes.node("gpu-1", "True")), NOW, ip("10.0.0.7")))
                .isInstanceOf(Decision.Wait.class);
        assertThat(decide(List.of(), LATE.minusSeconds(1), ip("10.0.0.7"))).isInstanceOf(Decision.Wait.class);
    }

    @Test
    void theWaitEnds() {
        assertThat(reason(decide(List.of(node), LATE, dns("gpu-1"), ip("10.0.0.9"))))
                .isEqualTo("AddressNotReported");
        assertThat(reason(decide(List.of(), LATE, dns("gpu-1")))).isEqualTo("NodeNotFound");
    }

    /** A name that looks like an address is a name. */
    @ParameterizedTest
    @CsvSource({"InternalIP, AddressNotReported", "ExternalIP, AddressNotReported", "Hostname, ''"})
    void namesByNames(String type, String expected) {
        Node named = Nodes.with(Nodes.node("gpu-1", "True"), type, "10.0.0.9");
        assertThat(reason(decide(List.of(named), LATE, dns("10.0.0.9")))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Hostname, AddressNotReported",
        "InternalDNS, AddressNotReported",
        "ExternalDNS, AddressNotReported",
        "InternalIP, ''"
    })
    void addressesByAddresses(String type, String expected) {
        Node named = Nodes.with(Nodes.node("gpu-1", "True"), type, "10.0.0.9");
        assertThat(reason(decide(List.of(named), LATE, ip("10.0.0.9")))).isEqualTo(expected);
    }

    private Decision decide(GeneralName... names) {
        return decide(List.of(node), NOW, names);
    }

    private Decision decide(List<Node> nodes, Instant now, GeneralName... names) {
        return policy.decide(by("gpu-1", serving(SUBJECT, names)), nodes, now);
    }

    private static CertificateSigningRequest by(String name, String pem) {
        return object(ServingCsrPolicy.SIGNER, "system:node:" + name, NODE_GROUPS, USAGES, pem);
    }

    private static Node address(Node node, String type, String address) {
        return Nodes.with(node, type, address);
    }

    private static String reason(Decision decision) {
        if (decision instanceof Decision.Deny deny) {
            return deny.reason();
        }
        assertThat(decision).isInstanceOf(Decision.Approve.class);
        return "";
    }
}
