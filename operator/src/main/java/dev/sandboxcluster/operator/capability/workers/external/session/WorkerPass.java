package dev.sandboxcluster.operator.capability.workers.external.session;

import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.name;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.Refusal;
import dev.sandboxcluster.operator.capability.workers.external.policy.ClientCsrPolicy;
import dev.sandboxcluster.operator.capability.workers.external.policy.Csr;
import dev.sandboxcluster.operator.capability.workers.external.policy.Decision;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.capability.workers.external.policy.Reserved;
import dev.sandboxcluster.operator.capability.workers.external.policy.ServingCsrPolicy;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Changes;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Kept;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestConditionBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
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

    private static final Duration REFUSALS_SHOWN = Duration.ofMinutes(15);

    private final WorkerPlan plan;
    private final Map<String, String> epochs;
    private final SandboxView sandbox;
    private final KubernetesClient client;
    private final JoinedNodes joined;
    private final KubeletProbe probe;
    private final Map<String, Instant> drains;
    private final Clock clock;
    private final Instant now;
    private final RandomGenerator random;
    private final List<CertificateSigningRequest> requests;
    private final NodeRegistry registry;

    WorkerPass(
            WorkerPlan plan,
            Map<String, String> epochs,
            SandboxView sandbox,
            JoinedNodes joined,
            KubeletProbe probe,
            Map<String, Instant> drains,
            Clock clock,
            RandomGenerator random) {
        this.plan = plan;
        this.epochs = epochs;
        this.sandbox = sandbox;
        this.client = sandbox.client();
        this.joined = joined;
        this.probe = probe;
        this.drains = drains;
        this.clock = clock;
        this.now = clock.instant();
        this.random = random;
        this.requests = new ArrayList<>(sandbox.requests());
        this.registry = new NodeRegistry(client);
    }

    WorkerReport run() {
        if (!plan.groups().isEmpty()) {
            publishEndpoint();
            if (plan.bootstrap() == Bootstrap.KubeletTLS) {
                giveRoles(plan.groups().stream().map(Group::name).toList());
            }
        }
        List<Kept> before = JoinTokens.read(sandbox.tokens());
        Changes tokens = JoinTokens.changes(before, epochs, plan.tokenTtl(), now, random);
        withdraw(tokens);
        tokens.create().forEach(token -> client.resource(JoinTokens.secret(token, plan.bootstrap()))
                .create());

        List<Kept> valid = valid(before, tokens);
        List<Node> nodes = sandbox.nodes();
        decideRequests(valid, nodes);
        List<NodeVerdict> seen = plan.groups().isEmpty() ? List.of() : tend(nodes, valid);
        return new WorkerReport(tokens.publish(), seen, refusals(), true, Optional.empty());
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

    private void withdraw(Changes tokens) {
        for (String name : tokens.withdraw()) {
            client.secrets().inNamespace(JoinTokens.NAMESPACE).withName(name).delete();
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

    private void decideRequests(List<Kept> valid, List<Node> nodes) {
        if (plan.bootstrap() != Bootstrap.KubeletTLS) {
            return;
        }
        Reserved reserved = Reserved.of(plan.reserved());
        ClientCsrPolicy clients = new ClientCsrPolicy(
                valid.stream().collect(Collectors.toMap(token -> token.token().id(), Kept::group)),
                plan.groups().stream()
                        .filter(group -> group.maxNodes().isPresent())
                        .collect(Collectors.toMap(
                                Group::name, group -> group.maxNodes().get())),
                reserved);
        ServingCsrPolicy servers = new ServingCsrPolicy(reserved);
        List<CertificateSigningRequest> open = new ArrayList<>(requests);
        open.sort(Comparator.comparing(request -> request.getMetadata().getCreationTimestamp()));
        for (CertificateSigningRequest request : open) {
            Decision decision = ServingCsrPolicy.SIGNER.equals(request.getSpec().getSignerName())
                    ? servers.decide(request, nodes, now)
                    : clients.decide(request, nodes, registry::groupOf, requests, now);
            if (decision instanceof Decision.Approve approve) {
                settle(request, "Approved", "JoinAllowed", approve.message());
            } else if (decision instanceof Decision.Deny deny) {
                settle(request, "Denied", deny.reason(), deny.message());
            }
        }
    }

    private void settle(CertificateSigningRequest request, String type, String reason, String message) {
        CertificateSigningRequestCondition condition = new CertificateSigningRequestConditionBuilder()
                .withType(type)
                .withStatus("True")
                .withReason(reason)
                .withMessage(message)
                .withLastUpdateTime(now.truncatedTo(ChronoUnit.SECONDS).toString())
                .build();
        LOG.info("{} {}: {}", type, request.getMetadata().getName(), message);
        CertificateSigningRequest settled = new CertificateSigningRequestBuilder(request)
                .editOrNewStatus()
                .addToConditions(condition)
                .endStatus()
                .build();
        client.certificates()
                .v1()
                .certificateSigningRequests()
                .resource(settled)
                .subresource("approval")
                .update();
        // Those that are decided next must know of it.
        requests.replaceAll(other ->
                other.getMetadata().getUid().equals(request.getMetadata().getUid()) ? settled : other);
    }

    private List<Refusal> refusals() {
        return requests.stream()
                .flatMap(request -> request.getStatus().getConditions().stream()
                        .filter(condition -> "Denied".equals(condition.getType()))
                        .filter(condition -> condition.getLastUpdateTime() != null
                                && Instant.parse(condition.getLastUpdateTime())
                                        .plus(REFUSALS_SHOWN)
                                        .isAfter(now))
                        .map(condition -> new Refusal(
                                new Csr(request)
                                        .nodeName()
                                        .orElse(request.getMetadata().getName()),
                                new Csr(request).group(),
                                condition.getReason(),
                                condition.getMessage())))
                .sorted(Comparator.comparing(Refusal::node))
                .distinct()
                .toList();
    }

    private List<NodeVerdict> tend(List<Node> present, List<Kept> valid) {
        List<Node> nodes = joined.among(
                present,
                present.stream()
                        .filter(node -> registry.groupOf(node).isPresent())
                        .map(NodeFacts::uid)
                        .collect(Collectors.toSet()),
                requests,
                plan.bootstrap(),
                client,
                now);
        drains.keySet().retainAll(present.stream().map(NodeFacts::uid).collect(Collectors.toSet()));
        NodeGroups groups = new NodeGroups(plan, valid, requests);
        NodeRemoval removal = new NodeRemoval(client, plan, drains, now);
        probe.probe(
                client,
                nodes.stream().filter(NodeFacts::isReady).map(NodeFacts::name).collect(Collectors.toSet()),
                clock);
        nodes.stream().filter(node -> registry.groupOf(node).isEmpty()).forEach(node -> groups.proven(node)
                .ifPresent(group -> registry.record(node, group.name())));
        registry.save(present).forEach(this::freeName);
        Set<String> surplus = surplus(nodes);
        return nodes.stream()
                .sorted(Comparator.comparing(NodeFacts::name))
                .flatMap(node -> tend(node, groups, removal, surplus).stream())
                .toList();
    }

    private Optional<NodeVerdict> tend(Node node, NodeGroups groups, NodeRemoval removal, Set<String> surplus) {
        String name = name(node);
        Optional<Group> group = registry.groupOf(node).flatMap(plan::group);
        try {
            settle(node, present -> group.map(found -> groups.inGroup(present, found))
                    .orElseGet(() -> groups.inNone(present)));
            Optional<Instant> leaseRenewed = NodeFacts.isReady(node) ? Optional.empty() : leaseRenewed(name);
            NodeRemoval.Outcome outcome = removal.advance(node, leaseRenewed);
            if (outcome.gone()) {
                return Optional.empty();
            }
            NodeVerdict verdict = NodeVerdict.of(
                    new NodeVerdict.Observed(
                            node, leaseRenewed, probe.reachable(name), group.map(Group::name), outcome.drain()),
                    plan.bootstrap() == Bootstrap.K3sAgent ? NodeVerdict.Reach.TUNNEL : NodeVerdict.Reach.DIRECT,
                    plan.apiServerVersion(),
                    now);
            return Optional.of(surplus.contains(name) ? verdict.tooMany() : verdict);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A name is kept for the machine that was promised it until its Node appears; this one's has, and is gone. */
    private void freeName(String node) {
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
    private Set<String> surplus(List<Node> nodes) {
        Set<String> surplus = plan.groups().stream()
                .filter(group -> group.maxNodes().isPresent())
                .flatMap(group -> nodes.stream()
                        .filter(node -> registry.groupOf(node)
                                .filter(group.name()::equals)
                                .isPresent())
                        .sorted(Comparator.comparing(
                                (Node node) -> node.getMetadata().getCreationTimestamp()))
                        .skip(group.maxNodes().get()))
                .map(NodeFacts::name)
                .collect(Collectors.toSet());
        nodes.stream().filter(node -> surplus.contains(name(node))).forEach(node -> settle(node, WorkerPass::cordoned));
        return surplus;
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
