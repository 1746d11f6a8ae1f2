package dev.sandboxcluster.operator.capability.workers.external.policy;

import static dev.sandboxcluster.operator.capability.workers.external.policy.FormCheck.denyIf;

import dev.sandboxcluster.api.v1alpha1.DenyReason;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * Whether a node gets a serving certificate, by which the API server knows the kubelet that it fetches logs from. Its
 * CA is the one by which clients know the API server, and a node writes its own addresses into its Node, so what is
 * {@link Reserved} is refused whatever the Node says.
 *
 * <p>A name or address that another live node has too is refused to both. Nodes behind NATs may have the same address
 * in good faith, but the API server dials that address, so it could reach one of them at most; and who holds a
 * certificate for another node's address can be that node to the API server, and read what users type into its pods.
 * The address of a node whose kubelet has fallen silent may be had: machines get the addresses of those that are gone.
 */
public record ServingCsrPolicy(Reserved reserved) {

    public static final String SIGNER = "kubernetes.io/kubelet-serving";

    /** How long after a request its Node may lack what the request asks for. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String PURPOSE = "server auth";
    private static final Set<String> NAME_TYPES = Set.of("Hostname", "InternalDNS", "ExternalDNS");
    private static final Set<String> ADDRESS_TYPES = Set.of("InternalIP", "ExternalIP");

    /** An alternative name: by kind, because a DNS name can look like an address. */
    private record Asked(Host host, boolean isAddress) {

        @Override
        public String toString() {
            return host.toString();
        }
    }

    /**
     * Decides.
     *
     * @param nodes all of the sandbox's
     */
    public Decision decide(CertificateSigningRequest request, List<Node> nodes, Instant now) {
        Csr csr = new Csr(request);
        if (!csr.waitsFor(SIGNER) || csr.node().isEmpty()) {
            return new Decision.NotOurs();
        }
        Optional<Pkcs10> content = csr.content();
        if (content.isEmpty()) {
            return FormCheck.malformed();
        }
        String name = csr.node().get();
        return requester(csr)
                .or(() -> FormCheck.check(csr, content.get(), PURPOSE))
                .or(() -> anothersName(content.get(), name))
                .or(() -> extensions(content.get()))
                .or(() -> kinds(content.get()))
                .orElseGet(() -> decide(csr, name, asked(content.get()), nodes, now));
    }

    private Decision decide(Csr csr, String name, List<Asked> asked, List<Node> nodes, Instant now) {
        return addressMissing(asked)
                .or(() -> addressReserved(asked))
                .or(() -> addressInUse(asked, name, nodes))
                .or(() -> addressNotReported(csr, name, asked, nodes, now))
                .orElseGet(() -> new Decision.Approve(name, "", "the node " + name + " serves at " + asked));
    }

    private static Optional<Decision> requester(Csr csr) {
        return denyIf(
                !csr.groups().contains(Csr.NODE_GROUP),
                DenyReason.REQUESTER_REFUSED,
                csr.user() + " is not in the group " + Csr.NODE_GROUP);
    }

    private static Optional<Decision> anothersName(Pkcs10 content, String name) {
        return denyIf(
                content.nodeName().filter(name::equals).isEmpty(),
                DenyReason.SUBJECT_REFUSED,
                "the node " + name + " asks for another subject than its own: " + content.subject());
    }

    private static Optional<Decision> extensions(Pkcs10 content) {
        return denyIf(
                !Set.of(Extension.subjectAlternativeName.getId()).containsAll(content.extensions()),
                DenyReason.EXTENSION_REFUSED,
                "it asks for other extensions than alternative names: " + content.extensions());
    }

    private static Optional<Decision> kinds(Pkcs10 content) {
        return denyIf(
                content.alternativeNames().stream().anyMatch(name -> asked(name).isEmpty()),
                DenyReason.ADDRESS_REFUSED,
                "alternative names must be IP addresses and DNS names in lower case without wildcards, and nothing"
                        + " else");
    }

    private static Optional<Decision> addressMissing(List<Asked> asked) {
        return denyIf(
                asked.isEmpty(), DenyReason.ADDRESS_MISSING, "it asks for no alternative name, so nobody could use it");
    }

    private Optional<Decision> addressReserved(List<Asked> asked) {
        List<Asked> refused =
                asked.stream().filter(name -> reserved.covers(name.host())).toList();
        return denyIf(
                !refused.isEmpty(),
                DenyReason.ADDRESS_RESERVED,
                "a node cannot have " + refused + ": it is the control plane's or has a meaning of its own; give the"
                        + " kubelet another --node-ip or --hostname-override");
    }

    private static Optional<Decision> addressInUse(List<Asked> asked, String name, List<Node> nodes) {
        return nodes.stream()
                .filter(node -> !name.equals(NodeFacts.name(node)))
                .flatMap(node -> asked.stream()
                        .filter(taken -> takenBy(node).contains(taken.host()))
                        .map(taken -> new Decision.Deny(
                                DenyReason.ADDRESS_IN_USE,
                                "the Node " + NodeFacts.name(node) + " has " + taken
                                        + " too, and the API server could not tell them apart; give one of them another"
                                        + " address (kubelet --node-ip), or delete the Node if it is gone")))
                .map(Decision.class::cast)
                .findFirst();
    }

    private static Optional<Decision> addressNotReported(
            Csr csr, String name, List<Asked> asked, List<Node> nodes, Instant now) {
        Optional<Node> node = NodeFacts.named(name, nodes);
        if (node.isEmpty()) {
            return Optional.of(waitOrDeny(
                    csr, now, DenyReason.NODE_NOT_FOUND, "there is no Node " + name + ", or it was deleted"));
        }
        List<Asked> missing =
                asked.stream().filter(candidate -> !has(node.get(), candidate)).toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(waitOrDeny(
                        csr,
                        now,
                        DenyReason.ADDRESS_NOT_REPORTED,
                        "the addresses of the Node " + name + " don't include " + missing));
    }

    private static Decision waitOrDeny(Csr csr, Instant now, String reason, String message) {
        boolean fresh = csr.created()
                .filter(created -> now.isBefore(created.plus(PATIENCE)))
                .isPresent();
        return fresh ? new Decision.Wait(message + " yet") : new Decision.Deny(reason, message);
    }

    private static boolean has(Node node, Asked asked) {
        Set<String> types = asked.isAddress() ? ADDRESS_TYPES : NAME_TYPES;
        Stream<String> reported = addresses(node)
                .filter(address -> types.contains(address.getType()))
                .map(NodeAddress::getAddress);
        Stream<String> name = asked.isAddress() ? Stream.empty() : Stream.of(NodeFacts.name(node));
        return Stream.concat(name, reported).map(Host::of).anyMatch(asked.host()::equals);
    }

    private static Set<Host> takenBy(Node node) {
        return Stream.concat(
                        Stream.of(NodeFacts.name(node)),
                        NodeFacts.isSilent(node)
                                ? Stream.empty()
                                : addresses(node).map(NodeAddress::getAddress))
                .map(Host::of)
                .collect(Collectors.toSet());
    }

    private static Stream<NodeAddress> addresses(Node node) {
        return Optional.ofNullable(node.getStatus()).stream()
                .flatMap(status -> status.getAddresses().stream())
                .filter(address -> address.getAddress() != null);
    }

    private static List<Asked> asked(Pkcs10 content) {
        return content.alternativeNames().stream()
                .flatMap(name -> asked(name).stream())
                .toList();
    }

    /** Nothing if it is of a kind, or in a form, that no node needs. */
    private static Optional<Asked> asked(GeneralName name) {
        return switch (name.getTagNo()) {
            case GeneralName.iPAddress ->
                Host.of(ASN1OctetString.getInstance(name.getName()).getOctets()).map(host -> new Asked(host, true));
            case GeneralName.dNSName ->
                Optional.of(ASN1IA5String.getInstance(name.getName()).getString())
                        .filter(Host::isDnsName)
                        .map(text -> new Asked(Host.of(text), false));
            default -> Optional.empty();
        };
    }
}
