package dev.sandboxcluster.operator.capability.workers.external.policy;

import static dev.sandboxcluster.operator.capability.workers.external.policy.FormCheck.denyIf;

import dev.sandboxcluster.api.v1alpha1.DenyReason;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a machine that shows a join token gets a kubelet's client certificate, which makes it the node of a name. A
 * chain of small checks: the first that objects is the answer.
 *
 * <p>A Node of that name always objects, whatever its state: a kubelet registers its Node only after it has stored its
 * certificate, so a machine that asks again because it could not store one meets no Node yet, while one that meets a
 * Node of its name is another machine, or has lost its disk, and nothing tells the two apart. Until the Node appears,
 * the name is kept for the token that got it.
 *
 * @param tokens the group of each valid token, by the token's id
 * @param maxNodes the upper bounds of the groups that have one
 */
public record ClientCsrPolicy(Map<String, String> tokens, Map<String, Integer> maxNodes, Reserved reserved) {

    public static final String SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";

    /** How long an approved name is kept for the machine that asked for it. */
    public static final Duration PROMISE = Duration.ofMinutes(10);

    private static final String BOOTSTRAPPERS = "system:bootstrappers";
    private static final String PURPOSE = "client auth";
    /** A kubelet puts its name into the label kubernetes.io/hostname, which cannot be longer. */
    private static final int LONGEST_NAME = 63;

    /** A name that a machine may have a certificate for although its Node has not appeared. */
    private record Promise(String request, String token, Optional<String> group, String name, Instant approved) {}

    /** A request that is ours and can be read. */
    private record Case(String token, String group, String name, List<Node> nodes, List<Promise> promises) {}

    /**
     * Decides. Several requests must be decided one after the other, each with the approvals of those before among
     * {@code requests}: otherwise two machines get the same name, or a group gets too large.
     *
     * @param nodes all of the sandbox's
     * @param groupOf the group that a Node is in
     * @param requests the sandbox's CertificateSigningRequests, this one among them or not
     */
    public Decision decide(
            CertificateSigningRequest request,
            List<Node> nodes,
            Function<Node, Optional<String>> groupOf,
            List<CertificateSigningRequest> requests,
            Instant now) {
        Csr csr = new Csr(request);
        if (!csr.waitsFor(SIGNER) || csr.token().isEmpty()) {
            return new Decision.NotOurs();
        }
        String token = csr.token().get();
        String group = tokens.get(token);
        if (group == null || !csr.groups().contains(BOOTSTRAPPERS)) {
            return new Decision.Deny(
                    DenyReason.TOKEN_UNKNOWN,
                    "the token " + token + " is not, or no longer, one of this cluster's; take the current one from"
                            + " the cluster's join Secret");
        }
        Optional<Pkcs10> content = csr.content();
        if (content.isEmpty()) {
            return FormCheck.malformed();
        }
        return FormCheck.check(csr, content.get(), PURPOSE)
                .or(() -> extensions(content.get()))
                .orElseGet(() -> decide(
                        new Case(token, group, content.get().nodeName().orElseThrow(), nodes, promises(requests, now)),
                        groupOf));
    }

    private Decision decide(Case asked, Function<Node, Optional<String>> groupOf) {
        return nameInvalid(asked.name())
                .or(() -> nameReserved(asked.name()))
                .or(() -> nodeExists(asked))
                .or(() -> promisedToAnother(asked))
                .or(() -> groupFull(asked, groupOf))
                .orElseGet(() -> new Decision.Approve(
                        asked.name(),
                        asked.group(),
                        "the machine " + asked.name() + " joins the group " + asked.group() + " with the token "
                                + asked.token()));
    }

    private static Optional<Decision> extensions(Pkcs10 content) {
        return denyIf(
                !content.extensions().isEmpty(),
                DenyReason.EXTENSION_REFUSED,
                "a client certificate has no alternative names or other extensions of the requester's choice: "
                        + content.extensions());
    }

    private static Optional<Decision> nameInvalid(String name) {
        return denyIf(
                !Host.isDnsName(name) || name.length() > LONGEST_NAME,
                DenyReason.NAME_INVALID,
                "the node name must be a DNS name in lower case of at most " + LONGEST_NAME
                        + " characters; join under another name (kubelet --hostname-override)");
    }

    private Optional<Decision> nameReserved(String name) {
        return denyIf(
                reserved.covers(Host.of(name)),
                DenyReason.NAME_RESERVED,
                "the name " + name + " is the control plane's or has a meaning of its own; join under another name"
                        + " (kubelet --hostname-override)");
    }

    private static Optional<Decision> nodeExists(Case asked) {
        return NodeFacts.named(asked.name(), asked.nodes())
                .map(node -> new Decision.Deny(
                        DenyReason.NAME_IN_USE,
                        "there is a Node " + asked.name() + state(node) + ". If it is this machine or a machine that"
                                + " is gone, delete it (kubectl delete node " + asked.name()
                                + ") and this request, then join again; otherwise join under another name"
                                + " (kubelet --hostname-override)"));
    }

    private static String state(Node node) {
        return NodeFacts.notReady(node)
                .map(NodeCondition::getLastTransitionTime)
                .map(since -> ", not ready since " + since)
                .orElse("");
    }

    private static Optional<Decision> promisedToAnother(Case asked) {
        return asked.promises().stream()
                .filter(promise ->
                        promise.name().equals(asked.name()) && !promise.token().equals(asked.token()))
                .findFirst()
                .map(promise -> new Decision.Deny(
                        DenyReason.NAME_IN_USE,
                        "the name " + asked.name() + " was given to a machine with the token " + promise.token()
                                + ", and is kept for it for " + PROMISE.toMinutes() + " minutes. If that machine is"
                                + " gone, delete its request (kubectl delete csr " + promise.request()
                                + ") and this one, then join again; otherwise join under another name"
                                + " (kubelet --hostname-override)"));
    }

    private Optional<Decision> groupFull(Case asked, Function<Node, Optional<String>> groupOf) {
        Integer limit = maxNodes.get(asked.group());
        if (limit == null) {
            return Optional.empty();
        }
        Stream<String> joined = asked.nodes().stream()
                .filter(node ->
                        groupOf.apply(node).filter(asked.group()::equals).isPresent())
                .map(NodeFacts::name);
        Stream<String> joining = asked.promises().stream()
                .filter(promise -> promise.group().filter(asked.group()::equals).isPresent())
                .map(Promise::name);
        Set<String> others = Stream.concat(joined, joining)
                .filter(name -> !name.equals(asked.name()))
                .collect(Collectors.toSet());
        return denyIf(
                others.size() >= limit,
                DenyReason.GROUP_FULL,
                "the group " + asked.group() + " has or awaits " + others.size() + " nodes, and its maxNodes is "
                        + limit + "; raise it, or delete Nodes that are gone");
    }

    private List<Promise> promises(List<CertificateSigningRequest> requests, Instant now) {
        return requests.stream()
                .map(Csr::new)
                .filter(Csr::isForClient)
                .flatMap(csr -> promise(csr).stream())
                .filter(promise -> promise.approved().isAfter(now.minus(PROMISE)))
                .toList();
    }

    private Optional<Promise> promise(Csr csr) {
        Optional<String> name = csr.nodeName();
        if (csr.token().isEmpty() || csr.approved().isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Promise(
                csr.object().getMetadata().getName(),
                csr.token().get(),
                // Its token may have expired since it was approved.
                csr.token().map(tokens::get).or(csr::group),
                name.get(),
                csr.approved().get()));
    }

    /** The group of the token by which the certificate was asked for, and granted last, that makes a machine this node. */
    public static Optional<String> approvedGroup(String nodeName, List<CertificateSigningRequest> requests) {
        return requests.stream()
                .map(Csr::new)
                .filter(csr -> csr.isForClient()
                        && csr.approved().isPresent()
                        && csr.group().isPresent())
                .filter(csr -> csr.nodeName().filter(nodeName::equals).isPresent())
                .max(Comparator.comparing(csr -> csr.approved().orElse(Instant.MIN)))
                .flatMap(Csr::group);
    }
}
