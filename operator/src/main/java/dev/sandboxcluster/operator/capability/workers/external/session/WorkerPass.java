package dev.sandboxcluster.operator.capability.workers.external.session;

import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.name;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.Taints;
import dev.sandboxcluster.operator.capability.workers.external.plan.Forwarded;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.PublishedToken;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.Refusal;
import dev.sandboxcluster.operator.capability.workers.external.policy.Csr;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict.Drain;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Changes;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Kept;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Tokens;
import dev.sandboxcluster.operator.sandbox.Failure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over a sandbox: the endpoint first, then tokens, requests to join, and nodes. */
final class WorkerPass {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerPass.class);

    private final WorkerPlan plan;
    private final Map<String, String> epochs;
    private final SandboxView sandbox;
    private final KubernetesClient client;
    private final Memory memory;
    private final Runnable onChange;
    private final Clock clock;
    private final Instant now;
    private final RandomGenerator random;
    private final Mishaps mishaps = new Mishaps();

    /** @param onChange told when something became known that the pass didn't wait for */
    WorkerPass(
            WorkerPlan plan,
            Map<String, String> epochs,
            SandboxView sandbox,
            Memory memory,
            Clock clock,
            RandomGenerator random,
            Runnable onChange) {
        this.plan = plan;
        this.epochs = epochs;
        this.sandbox = sandbox;
        this.client = sandbox.client();
        this.memory = memory;
        this.clock = clock;
        this.now = clock.instant();
        this.random = random;
        this.onChange = onChange;
    }

    WorkerReport run() {
        SandboxView.Seen seen = sandbox.read(plan.hosting());
        NodeRegistry registry = new NodeRegistry(client);
        List<CertificateSigningRequest> requests = new ArrayList<>(seen.requests());
        if (!plan.groups().isEmpty()) {
            mishaps.step(this::publishEndpoint);
            if (plan.bootstrap() == Bootstrap.KubeletTLS) {
                mishaps.step(
                        () -> giveRoles(plan.groups().stream().map(Group::name).toList()));
            }
        }
        Tokens tokens = JoinTokens.read(seen.tokens());
        Changes changes = JoinTokens.changes(tokens.kept(), epochs, plan.tokenTtl(), now, random);
        changes.withdraw().forEach(name -> mishaps.step(() -> withdraw(name)));
        Map<String, PublishedToken> published = new LinkedHashMap<>(changes.publish());
        changes.create().stream()
                .filter(token -> !mishaps.step(() -> client.resource(JoinTokens.secret(token, plan.bootstrap()))
                        .create()))
                .forEach(missing -> published.remove(missing.group()));

        List<Kept> valid = valid(tokens.kept(), changes);
        if (plan.bootstrap() == Bootstrap.KubeletTLS) {
            new RequestDecisions(plan, client, registry, memory, mishaps, now, requests).run(valid, seen.nodes());
        }
        if (plan.groups().isEmpty()) {
            seen.nodes().stream()
                    .filter(node -> isLeaving(node, registry))
                    .forEach(node -> mishaps.guard(
                            name(node),
                            () -> client.nodes().withName(name(node)).delete()));
        }
        List<NodeVerdict> nodes = plan.groups().isEmpty() ? List.of() : tend(seen.nodes(), registry, requests, valid);
        List<Forwarded> forwarded = new Forwarding(client, mishaps, seen.forwarded()).run(plan.publications());
        List<Refusal> problems = new ArrayList<>(memory.refusals()
                .shown(
                        requests.stream()
                                .map(request -> request.getMetadata().getUid())
                                .collect(Collectors.toSet()),
                        now));
        problems.addAll(mishaps.objects());
        problems.addAll(tokens.skipped());
        return new WorkerReport(
                published,
                nodes,
                problems,
                forwarded,
                true,
                mishaps.refused().map(why -> new Failure(Reason.SANDBOX_REFUSED, why)));
    }

    private void publishEndpoint() {
        reconcile(SandboxObjects.endpointSlice(plan.address(), plan.port()), SandboxObjects::same);
        reconcile(SandboxObjects.endpoints(plan.address(), plan.port()), SandboxObjects::same);
    }

    private <T extends HasMetadata> void reconcile(T desired, BiPredicate<T, T> same) {
        T actual = client.resource(desired).get();
        if (actual == null) {
            client.resource(desired).create();
        } else if (!same.test(actual, desired)) {
            desired.getMetadata().setResourceVersion(actual.getMetadata().getResourceVersion());
            client.resource(desired).update();
        }
    }

    private void giveRoles(List<String> groups) {
        if (!sandbox.hasRoles(groups)) {
            SandboxObjects.kubeletRoles(groups).forEach(role -> client.resource(role)
                    .fieldManager(Labels.OPERATOR)
                    .forceConflicts()
                    .serverSideApply());
            sandbox.rolesGiven(groups);
        }
    }

    private void withdraw(String name) {
        client.secrets().inNamespace(JoinTokens.NAMESPACE).withName(name).delete();
        if (memory.mayTell(now)) {
            LOG.info("Withdrew {}", name);
        }
    }

    private List<Kept> valid(List<Kept> before, Changes tokens) {
        List<Kept> valid = new ArrayList<>(before);
        valid.removeIf(token -> tokens.withdraw().contains(token.name())
                || !token.token().expiration().isAfter(now));
        valid.addAll(tokens.create());
        return valid;
    }

    private List<NodeVerdict> tend(
            List<Node> present, NodeRegistry registry, List<CertificateSigningRequest> requests, List<Kept> valid) {
        List<Node> nodes = memory.joined()
                .among(
                        present,
                        present.stream()
                                .filter(node -> registry.groupOf(node).isPresent())
                                .map(NodeFacts::uid)
                                .collect(Collectors.toSet()),
                        requests,
                        plan.bootstrap(),
                        client,
                        now);
        memory.drains().keySet().retainAll(present.stream().map(NodeFacts::uid).collect(Collectors.toSet()));
        NodeGroups groups = new NodeGroups(plan, valid, requests);
        NodeRemoval removal = new NodeRemoval(client, plan, memory.drains(), now);
        memory.probe()
                .probe(
                        sandbox.session(),
                        nodes.stream()
                                .filter(NodeFacts::isReady)
                                .map(NodeFacts::name)
                                .collect(Collectors.toSet()),
                        clock,
                        onChange);
        nodes.stream().filter(node -> registry.groupOf(node).isEmpty()).forEach(node -> groups.proven(node)
                .ifPresent(group -> registry.record(node, group.name())));
        nodes.stream()
                .filter(node -> isLeaving(node, registry))
                .forEach(node -> mishaps.guard(name(node), () -> settle(node, WorkerPass::leaving)));
        mishaps.step(() -> registry.save(present).forEach(gone -> freeName(gone, requests)));
        Set<String> surplus = surplus(nodes, registry);
        return nodes.stream()
                .sorted(Comparator.comparing(NodeFacts::name))
                .flatMap(node -> tend(node, registry.groupOf(node), groups, removal, surplus).stream())
                .toList();
    }

    private Optional<NodeVerdict> tend(
            Node node, Optional<String> recorded, NodeGroups groups, NodeRemoval removal, Set<String> surplus) {
        Optional<Group> group = recorded.flatMap(plan::group);
        Optional<Instant> leaseRenewed = Optional.empty();
        Optional<Drain> drain = Optional.empty();
        Optional<String> failure = Optional.empty();
        try {
            settle(node, present -> group.map(found -> groups.inGroup(present, found))
                    .orElseGet(() -> groups.inNone(present)));
            leaseRenewed = NodeFacts.isReady(node) ? Optional.empty() : leaseRenewed(name(node));
            NodeRemoval.Outcome outcome = removal.advance(node, leaseRenewed);
            if (outcome.gone()) {
                return Optional.empty();
            }
            drain = outcome.drain();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            failure = Mishaps.ofOneObject(e);
        }
        NodeVerdict verdict = NodeVerdict.of(
                new NodeVerdict.Observed(
                        node,
                        leaseRenewed,
                        memory.probe().reachable(name(node)),
                        // Of hosted ones that are to go, there may be a plan without any.
                        recorded.filter(known -> group.isPresent() || known.equals(WorkerPlan.HOSTED)),
                        drain),
                plan.bootstrap() == Bootstrap.K3sAgent ? NodeVerdict.Reach.TUNNEL : NodeVerdict.Reach.DIRECT,
                plan.apiServerVersion(),
                now);
        return Optional.of(failure.map(verdict::notLookedAfter)
                .orElseGet(() -> surplus.contains(name(node)) ? verdict.tooMany() : verdict));
    }

    /** A name is kept for the machine that was promised it until its Node appears; this one's has, and is gone. */
    private void freeName(String node, List<CertificateSigningRequest> requests) {
        requests.stream()
                .map(Csr::new)
                .filter(Csr::isForClient)
                .filter(csr -> csr.nodeName().filter(node::equals).isPresent())
                .forEach(csr -> client.resource(csr.object()).delete());
    }

    private void settle(Node node, UnaryOperator<Node> wanted) {
        if (!wanted.apply(node).equals(node)) {
            client.nodes().withName(name(node)).edit(wanted);
        }
    }

    /** k3s lets any machine with a token in: what is too much is cordoned when it appears. */
    private Set<String> surplus(List<Node> nodes, NodeRegistry registry) {
        Set<String> surplus = plan.groups().stream()
                .filter(group -> group.maxNodes().isPresent())
                .flatMap(group -> nodes.stream()
                        .filter(node -> registry.groupOf(node)
                                .filter(group.name()::equals)
                                .isPresent())
                        .sorted(Comparator.comparing(
                                (Node node) -> String.valueOf(node.getMetadata().getCreationTimestamp())))
                        .skip(group.maxNodes().get()))
                .map(NodeFacts::name)
                .collect(Collectors.toSet());
        nodes.stream()
                .filter(node -> surplus.contains(name(node)))
                .forEach(node -> mishaps.guard(name(node), () -> settle(node, WorkerPass::cordoned)));
        return surplus;
    }

    /** Another machine of the name of a hosted node may stay. */
    private boolean isLeaving(Node node, NodeRegistry registry) {
        return plan.leaving().contains(name(node))
                && registry.groupOf(node).filter(WorkerPlan.HOSTED::equals).isPresent();
    }

    /** As somebody would have it who wants the node removed, whatever pods are left in the end. */
    private static Node leaving(Node node) {
        return node.getSpec().getTaints().stream().anyMatch(taint -> Taints.REMOVE.equals(taint.getKey()))
                ? new NodeBuilder(node)
                        .editSpec()
                        .editMatchingTaint(taint -> Taints.REMOVE.equals(taint.getKey()))
                        .withValue(NodeRemoval.FORCE)
                        .endTaint()
                        .endSpec()
                        .build()
                : new NodeBuilder(node)
                        .editOrNewSpec()
                        .addNewTaint()
                        .withKey(Taints.REMOVE)
                        .withValue(NodeRemoval.FORCE)
                        .withEffect("NoSchedule")
                        .endTaint()
                        .endSpec()
                        .build();
    }

    private static Node cordoned(Node node) {
        return new NodeBuilder(node)
                .editOrNewSpec()
                .withUnschedulable(true)
                .endSpec()
                .build();
    }

    private Optional<Instant> leaseRenewed(String node) {
        return Optional.ofNullable(client.leases()
                        .inNamespace("kube-node-lease")
                        .withName(node)
                        .get())
                .map(Lease::getSpec)
                .map(spec -> spec.getRenewTime())
                .map(time -> time.toInstant());
    }
}
