package dev.sandboxcluster.operator.capability.workers.external.policy;

import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.NOW;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.P256;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.client;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.content;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.dns;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.ec;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.extensions;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.keys;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.object;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.pem;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.serving;
import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCsrPolicyTest {

    private static final List<String> TOKEN_GROUPS =
            List.of("system:bootstrappers", "system:bootstrappers:sandboxcluster:gpu", "system:authenticated");
    private static final List<String> USAGES = List.of("digital signature", "key encipherment", "client auth");
    private static final String SUBJECT = "O=system:nodes,CN=system:node:gpu-1";

    private final ClientCsrPolicy policy = new ClientCsrPolicy(
            Map.of("aaaaaa", "gpu", "bbbbbb", "build"),
            Map.of("gpu", 2),
            Reserved.of(List.of("demo.example.org", "192.0.2.10", "10.53.0.1", ".svc.example.net")));

    @Test
    void aMachineWithATokenJoinsTheTokensGroup() {
        assertThat(decide(by("aaaaaa", client(SUBJECT))))
                .isEqualTo(new Decision.Approve(
                        "gpu-1", "gpu", "the machine gpu-1 joins the group gpu with the token aaaaaa"));
    }

    static Stream<Arguments> othersBusiness() {
        CertificateSigningRequest good = by("aaaaaa", client(SUBJECT));
        return Stream.of(
                arguments("another signer", withSigner(good, "kubernetes.io/kubelet-serving")),
                arguments("a node's renewal", withUser(good, "system:node:gpu-1", List.of("system:nodes"))),
                arguments("the sandbox's admin", withUser(good, "system:admin", List.of("system:masters"))),
                arguments("approved", Requests.with(good, "Approved", NOW)),
                arguments("denied", Requests.with(good, "Denied", NOW)),
                arguments("failed", Requests.with(good, "Failed", NOW)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void othersBusiness(String what, CertificateSigningRequest request) {
        assertThat(decide(request)).isEqualTo(new Decision.NotOurs());
    }

    @Test
    void tokenUnknown() {
        CertificateSigningRequest good = by("aaaaaa", client(SUBJECT));
        assertThat(reason(by("cccccc", client(SUBJECT)))).isEqualTo("TokenUnknown");
        assertThat(reason(withUser(good, "system:bootstrap:", TOKEN_GROUPS))).isEqualTo("TokenUnknown");
        assertThat(reason(withUser(good, "system:bootstrap:aaaaaa ", TOKEN_GROUPS)))
                .isEqualTo("TokenUnknown");
        assertThat(reason(withUser(good, "system:bootstrap:aaaaaa", List.of("system:authenticated"))))
                .isEqualTo("TokenUnknown");
    }

    static Stream<Arguments> malformed() throws IOException {
        String good = client(SUBJECT);
        String other = client("O=system:nodes,CN=system:node:other");
        byte[] der = Base64.getMimeDecoder().decode(good.replaceAll("-----[A-Z ]+-----", ""));
        byte[] cut = Arrays.copyOf(der, der.length - 10);
        byte[] longer = Arrays.copyOf(der, der.length + 1);
        Extensions names = extensions(dns("a")).generate();
        ASN1Primitive broken = ASN1Primitive.fromByteArray(new byte[] {0x0c, 2, (byte) 0xc3, 0x28});
        X500Name notUtf8 = new X500Name(new RDN[] {new RDN(BCStyle.O, broken), new RDN(BCStyle.CN, broken)});
        Attribute twice = new Attribute(
                PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                new DERSet(new Extensions[] {extensions(dns("b")).generate(), names}));
        return Stream.of(
                arguments("empty", ""),
                arguments("no PEM", "s3cret"),
                arguments("two blocks", good + other),
                arguments("text before", "Certificate Request:\n" + good),
                arguments("text after", good + "x"),
                arguments("a block that Go skips", good.replace("REQUEST-----\n", "REQUEST-----x\n") + other),
                arguments("headers", good.replaceFirst("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n")),
                arguments("another type", good.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")),
                arguments("cut", pem("CERTIFICATE REQUEST", cut)),
                arguments("more than a request", pem("CERTIFICATE REQUEST", longer)),
                arguments("a subject that is not UTF-8", sign(content(notUtf8, P256), P256)),
                arguments("not its key's signature", sign(content(SUBJECT, P256), ec("secp256r1"))),
                arguments(
                        "two lists of extensions in two attributes",
                        sign(
                                content(SUBJECT, P256)
                                        .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, names)
                                        .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, names),
                                P256)),
                arguments(
                        "two lists of extensions in one attribute",
                        sign(
                                content(SUBJECT, P256)
                                        .addAttribute(
                                                twice.getAttrType(),
                                                twice.getAttrValues().toArray()),
                                P256)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void malformed(String what, String pem) {
        assertThat(reason(by("aaaaaa", pem))).isEqualTo("RequestMalformed");
    }

    @Test
    void malformedBase64() {
        CertificateSigningRequest request = by("aaaaaa", client(SUBJECT));
        assertThat(reason(new CertificateSigningRequestBuilder(request)
                        .editSpec()
                        .withRequest("%%%")
                        .endSpec()
                        .build()))
                .isEqualTo("RequestMalformed");
    }

    @ParameterizedTest
    @CsvSource({
        "RSA, 1024, KeyRefused",
        "RSA, 2047, KeyRefused",
        "RSA, 2048, ''",
        "DSA, 2048, KeyRefused",
        "Ed25519, 0, ''",
        "Ed448, 0, KeyRefused"
    })
    void keyTypes(String algorithm, int bits, String expected) {
        KeyPair key = keys(algorithm, bits);
        String pem = algorithm.equals("Ed448")
                ? sign(content(SUBJECT, key), keys("Ed25519", 0))
                : sign(content(SUBJECT, key), key);
        assertThat(reason(by("aaaaaa", pem))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"secp256r1, ''", "secp384r1, ''", "secp521r1, ''"})
    void curves(String curve, String expected) {
        KeyPair key = ec(curve);
        assertThat(reason(by("aaaaaa", sign(content(SUBJECT, key), key)))).isEqualTo(expected);
    }

    /** The JDK makes no keys on other curves, so this is a good point that is said to be on another. */
    @Test
    void anotherCurve() {
        SubjectPublicKeyInfo good =
                SubjectPublicKeyInfo.getInstance(P256.getPublic().getEncoded());
        SubjectPublicKeyInfo key = new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(good.getAlgorithm().getAlgorithm(), SECObjectIdentifiers.secp256k1),
                good.getPublicKeyData().getBytes());
        PKCS10CertificationRequestBuilder content = new PKCS10CertificationRequestBuilder(new X500Name(SUBJECT), key);
        assertThat(reason(by("aaaaaa", sign(content, P256)))).isEqualTo("KeyRefused");
    }

    /** Longer than what Go's TLS accepts, and too much work to verify. */
    @Test
    void anRsaKeyWithoutEnd() throws IOException {
        SubjectPublicKeyInfo key = new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption),
                new RSAPublicKey(BigInteger.ONE.shiftLeft(8192).add(BigInteger.ONE), BigInteger.valueOf(65537)));
        PKCS10CertificationRequestBuilder content = new PKCS10CertificationRequestBuilder(new X500Name(SUBJECT), key);
        assertThat(reason(by("aaaaaa", sign(content, P256)))).isEqualTo("KeyRefused");
    }

    static Stream<Arguments> subjects() {
        AttributeTypeAndValue group = new AttributeTypeAndValue(BCStyle.O, new DERUTF8String("system:nodes"));
        AttributeTypeAndValue name = new AttributeTypeAndValue(BCStyle.CN, new DERUTF8String("system:node:gpu-1"));
        AttributeTypeAndValue bmp = new AttributeTypeAndValue(BCStyle.CN, new DERBMPString("system:node:gpu-1"));
        return Stream.of(
                arguments(new X500Name("CN=system:node:gpu-1,O=system:nodes"), ""),
                arguments(new X500Name("CN=system:node:gpu-1"), "SubjectRefused"),
                arguments(new X500Name("O=system:nodes"), "SubjectRefused"),
                arguments(new X500Name("O=system:masters,CN=system:node:gpu-1"), "SubjectRefused"),
                arguments(new X500Name("O=System:Nodes,CN=system:node:gpu-1"), "SubjectRefused"),
                arguments(new X500Name("O=system:nodes,O=system:masters,CN=system:node:gpu-1"), "SubjectRefused"),
                arguments(new X500Name("O=system:nodes,CN=system:node:gpu-1,CN=system:admin"), "SubjectRefused"),
                arguments(new X500Name("O=system:nodes,CN=system:node:gpu-1,OU=x"), "SubjectRefused"),
                arguments(new X500Name("O=system:nodes,OU=x"), "SubjectRefused"),
                arguments(new X500Name("O=system:nodes,CN=system:admin"), "SubjectRefused"),
                arguments(new X500Name("O=system:nodes,CN=gpu-1"), "SubjectRefused"),
                arguments(
                        new X500Name(new RDN[] {new RDN(new AttributeTypeAndValue[] {group, name})}), "SubjectRefused"),
                arguments(
                        new X500Name(new RDN[] {
                            new RDN(group),
                            new RDN(new AttributeTypeAndValue[] {
                                name, new AttributeTypeAndValue(BCStyle.OU, new DERUTF8String("sorted after the name"))
                            })
                        }),
                        "SubjectRefused"),
                arguments(new X500Name(new RDN[] {new RDN(group), new RDN(bmp)}), "SubjectRefused"));
    }

    @ParameterizedTest
    @MethodSource
    void subjects(X500Name subject, String expected) {
        assertThat(reason(by("aaaaaa", sign(content(subject, P256), P256)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "digital signature;key encipherment;client auth, ''",
        "digital signature;client auth, ''",
        "digital signature;key encipherment, UsagesRefused",
        "key encipherment;client auth, UsagesRefused",
        "digital signature;client auth;server auth, UsagesRefused",
        "digital signature;client auth;cert sign, UsagesRefused",
        "digital signature;server auth, UsagesRefused"
    })
    void usages(String usages, String expected) {
        assertThat(reason(object(
                        ClientCsrPolicy.SIGNER,
                        "system:bootstrap:aaaaaa",
                        TOKEN_GROUPS,
                        List.of(usages.split(";")),
                        client(SUBJECT))))
                .isEqualTo(expected);
    }

    @Test
    void noExtensions() throws IOException {
        ExtensionsGenerator authority = new ExtensionsGenerator();
        authority.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        assertThat(reason(by("aaaaaa", serving(SUBJECT, dns("gpu-1"))))).isEqualTo("ExtensionRefused");
        assertThat(reason(by(
                        "aaaaaa",
                        sign(
                                content(SUBJECT, P256)
                                        .addAttribute(
                                                PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, authority.generate()),
                                P256))))
                .isEqualTo("ExtensionRefused");
    }

    @ParameterizedTest
    @CsvSource({
        "gpu-1.example.org, ''",
        "1, ''",
        "10.0.0.7, ''",
        "kubernetes-1, ''",
        "a12345678901234567890123456789012345678901234567890123456789012, ''",
        "a123456789012345678901234567890123456789012345678901234567890123, NameInvalid",
        "a1234567890123456789012345678901234567.a1234567890123456789012345678901234567, NameInvalid",
        "'', NameInvalid",
        "Gpu-1, NameInvalid",
        "gpu_1, NameInvalid",
        "-gpu, NameInvalid",
        "gpu-, NameInvalid",
        "gpu..1, NameInvalid",
        "gpu-1., NameInvalid",
        "*.example.org, NameInvalid",
        "gpu/1, NameInvalid",
        "gpu:1, NameInvalid",
        "'gpu\n', NameInvalid",
        "kubernetes, NameReserved",
        "kubernetes.default, NameReserved",
        "kubernetes.default.svc.cluster.local, NameReserved",
        "metrics-server.kube-system.svc, NameReserved",
        "any.cluster.local, NameReserved",
        "web.default.svc.example.net, NameReserved",
        "localhost, NameReserved",
        "localhost.localdomain, NameReserved",
        "a.localhost, NameReserved",
        "k3s, NameReserved",
        "demo.example.org, NameReserved",
        "192.0.2.10, NameReserved",
        "10.53.0.1, NameReserved",
        "127.0.0.1, NameReserved"
    })
    void names(String name, String expected) {
        String pem = sign(
                content(
                        new X500Name(new RDN[] {
                            new RDN(BCStyle.O, new DERUTF8String("system:nodes")),
                            new RDN(BCStyle.CN, new DERUTF8String("system:node:" + name))
                        }),
                        P256),
                P256);
        assertThat(reason(by("aaaaaa", pem))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"True", "False", "Unknown"})
    void aNodeHoldsItsNameWhateverItsState(String ready) {
        Decision decision = decide(by("aaaaaa", client(SUBJECT)), List.of(Nodes.node("gpu-1", ready)), List.of());
        assertThat(decision).isInstanceOfSatisfying(Decision.Deny.class, deny -> {
            assertThat(deny.reason()).isEqualTo("NameInUse");
            assertThat(deny.message()).contains("kubectl delete node gpu-1", "another name");
            assertThat(deny.message().contains("not ready since 2026-03-01T11:00:00Z"))
                    .isEqualTo(!ready.equals("True"));
        });
    }

    /** With a token of its own, and a name that it was given a minute ago: nothing tells it from a thief. */
    @Test
    void aNodeHoldsItsNameAgainstTheMachineThatItIs() {
        CertificateSigningRequest before = Requests.with(by("aaaaaa", client(SUBJECT)), "Approved", ago(1));
        assertThat(reason(decide(by("aaaaaa", client(SUBJECT)), List.of(Nodes.node("gpu-1", "True")), List.of(before))))
                .isEqualTo("NameInUse");
    }

    @Test
    void aNameIsKeptForTheTokenThatGotIt() {
        CertificateSigningRequest again = by("aaaaaa", client(SUBJECT));
        CertificateSigningRequest approved = Requests.with(by("bbbbbb", client(SUBJECT)), "Approved", ago(9));
        assertThat(decide(again, List.of(), List.of(approved))).isInstanceOfSatisfying(Decision.Deny.class, deny -> {
            assertThat(deny.reason()).isEqualTo("NameInUse");
            assertThat(deny.message()).contains("bbbbbb", approved.getMetadata().getName());
        });
        assertThat(reason(decide(
                        again, List.of(), List.of(Requests.with(by("bbbbbb", client(SUBJECT)), "Approved", ago(10))))))
                .isEmpty();
        assertThat(reason(decide(
                        again, List.of(), List.of(Requests.with(by("bbbbbb", client(SUBJECT)), "Denied", ago(1))))))
                .isEmpty();
        assertThat(reason(decide(again, List.of(), List.of(withSigner(approved, "kubernetes.io/kubelet-serving")))))
                .isEmpty();
        assertThat(reason(decide(
                        by("aaaaaa", client("O=system:nodes,CN=system:node:gpu-2")), List.of(), List.of(approved))))
                .isEmpty();
    }

    /** Its certificate was approved, and lost before it was stored. */
    @Test
    void theSameTokenMayHaveTheSameNameAgain() {
        CertificateSigningRequest before = Requests.with(by("aaaaaa", client(SUBJECT)), "Approved", ago(0));
        assertThat(reason(decide(by("aaaaaa", client(SUBJECT)), List.of(), List.of(before))))
                .isEmpty();
    }

    @Test
    void anApprovalAtAnUnknownTimeCounts() {
        CertificateSigningRequest approved = Requests.with(by("bbbbbb", client(SUBJECT)), "Approved", NOW);
        approved.getStatus().getConditions().get(0).setLastUpdateTime(null);
        assertThat(reason(decide(by("aaaaaa", client(SUBJECT)), List.of(), List.of(approved))))
                .isEqualTo("NameInUse");
    }

    static Stream<Arguments> groupSizes() {
        Node one = Nodes.node("gpu-8", "True");
        Node two = Nodes.node("gpu-9", "Unknown");
        Node build = Nodes.node("build-1", "True");
        CertificateSigningRequest promised = approved("aaaaaa", "gpu-9", "gpu", 9);
        return Stream.of(
                arguments("room for one", List.of(one, build), List.of(), ""),
                arguments("full of nodes", List.of(one, two), List.of(), "GroupFull"),
                arguments("full with one on its way", List.of(one), List.of(promised), "GroupFull"),
                arguments("the one on its way has come", List.of(two), List.of(promised), ""),
                arguments("it never came", List.of(one), List.of(approved("aaaaaa", "gpu-9", "gpu", 10)), ""),
                arguments("it is this one", List.of(one), List.of(approved("aaaaaa", "gpu-1", "gpu", 1)), ""),
                arguments("another group's", List.of(one), List.of(approved("bbbbbb", "build-2", "build", 1)), ""),
                arguments(
                        "with a token that expired since",
                        List.of(one),
                        List.of(approved("eeeeee", "gpu-9", "gpu", 1)),
                        "GroupFull"),
                arguments(
                        "another group's, with a token that expired since",
                        List.of(one),
                        List.of(approved("eeeeee", "build-9", "build", 1)),
                        ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void groupSizes(String what, List<Node> nodes, List<CertificateSigningRequest> requests, String expected) {
        assertThat(reason(decide(by("aaaaaa", client(SUBJECT)), nodes, requests)))
                .isEqualTo(expected);
    }

    @Test
    void aGroupWithoutABoundIsNeverFull() {
        List<Node> nodes = Stream.of("build-1", "build-2", "build-3")
                .map(name -> Nodes.node(name, "True"))
                .toList();
        assertThat(reason(decide(by("bbbbbb", client(SUBJECT)), nodes, List.of())))
                .isEmpty();
    }

    /** What a machine without a kubelet's own code sends. */
    @Test
    void opensslAsksToo(@TempDir Path directory) throws Exception {
        Process openssl = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-new",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-keyout",
                        "key",
                        "-subj",
                        "/O=system:nodes/CN=system:node:gpu-1",
                        "-out",
                        "csr")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertThat(openssl.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(openssl.exitValue()).isZero();
        assertThat(reason(by("aaaaaa", Files.readString(directory.resolve("csr")))))
                .isEmpty();
    }

    private Decision decide(CertificateSigningRequest request) {
        return decide(request, List.of(), List.of());
    }

    private Decision decide(
            CertificateSigningRequest request, List<Node> nodes, List<CertificateSigningRequest> requests) {
        return policy.decide(
                request, nodes, node -> Optional.of(node.getMetadata().getName().split("-")[0]), requests, NOW);
    }

    private String reason(CertificateSigningRequest request) {
        return reason(decide(request));
    }

    private static String reason(Decision decision) {
        if (decision instanceof Decision.Deny deny) {
            return deny.reason();
        }
        assertThat(decision).isInstanceOf(Decision.Approve.class);
        return "";
    }

    private static Instant ago(int minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }

    private static CertificateSigningRequest by(String token, String pem) {
        return object(ClientCsrPolicy.SIGNER, "system:bootstrap:" + token, TOKEN_GROUPS, USAGES, pem);
    }

    private static CertificateSigningRequest approved(String token, String name, String group, int minutesAgo) {
        return Requests.with(
                withUser(
                        by(token, client("O=system:nodes,CN=system:node:" + name)),
                        "system:bootstrap:" + token,
                        List.of("system:bootstrappers", "system:bootstrappers:sandboxcluster:" + group)),
                "Approved",
                ago(minutesAgo));
    }

    private static CertificateSigningRequest withSigner(CertificateSigningRequest request, String signer) {
        return new CertificateSigningRequestBuilder(request)
                .editSpec()
                .withSignerName(signer)
                .endSpec()
                .build();
    }

    private static CertificateSigningRequest withUser(
            CertificateSigningRequest request, String user, List<String> groups) {
        return new CertificateSigningRequestBuilder(request)
                .editSpec()
                .withUsername(user)
                .withGroups(groups)
                .endSpec()
                .build();
    }
}
