package dev.sandboxcluster.operator.capability.workers.simulated.session;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.NodeTemplate;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationPlan.Wish;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationReport;
import dev.sandboxcluster.operator.sandbox.Failure;
import dev.sandboxcluster.operator.sandbox.session.Allowance;
import dev.sandboxcluster.operator.sandbox.session.Listing;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import dev.sandboxcluster.operator.verdict.Line;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** One look at the simulated Nodes of a sandbox, and as much made of what is wished for as there is time for. */
final class SimulationPass {

    /** What a watch tells comes at once. */
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(10);

    private static final Listing<NodeList> WATCHED =
            new Listing<>("/api/v1/nodes", NodeTable.SELECTOR, NodeList.class, 0);
    private static final long OUTDATED_AT_A_TIME = 20;
    /** Somebody waits for so many; of more, time is saved by what is done before. */
    private static final int FEW = 16;

    private final Wish wish;
    private final SandboxSession session;
    private final KubernetesClient client;
    private final AtomicBoolean furnished;
    private final Callouts callouts;
    private final Clock clock;
    private final Allowance allowance;
    private final Runnable onChange;
    private final List<String> taken = new ArrayList<>();

    /**
     * @param furnished whether there is nothing more to be done for volumes and metrics
     * @param callouts what is known of what pods on the Nodes are asked
     */
    SimulationPass(
            Wish wish,
            SandboxSession session,
            AtomicBoolean furnished,
            Callouts callouts,
            Clock clock,
            Allowance allowance,
            Runnable onChange) {
        this.wish = wish;
        this.session = session;
        this.client = session.client();
        this.furnished = furnished;
        this.callouts = callouts;
        this.clock = clock;
        this.allowance = allowance;
        this.onChange = onChange;
    }

    /**
     * What it came to.
     *
     * @param next when the next one is due
     */
    record Result(SimulationReport report, Duration next) {}

    Result run() {
        Instant until = clock.instant().plus(allowance.time().dividedBy(2));
        NodeTable table = NodeTable.read(session);
        session.watch(WATCHED, table.resourceVersion(), onChange);
        Runnable look =
                () -> callouts.look(session, Set.copyOf(table.ready().keySet()), wish.webhooks(), until, onChange);
        boolean first = table.ready().isEmpty();
        // What simulated pods don't answer may keep Nodes from being made; before there are Nodes, there are no such
        // pods.
        if (!first) {
            look.run();
        }
        Optional<Failure> failure = Optional.empty();
        boolean done = false;
        try {
            done = change(table.ready(), until);
        } catch (KubernetesClientException refused) {
            if (SandboxSession.isUnanswered(refused)) {
                throw refused;
            }
            failure = Optional.of(new Failure(Reason.SANDBOX_REFUSED, SandboxSession.message(refused)));
        }
        if (first) {
            look.run();
        }
        Duration next = failure.isPresent() ? AFTER_REFUSAL : done ? LOOK_AGAIN : Duration.ZERO;
        return new Result(report(table.ready(), failure), next.compareTo(callouts.next()) < 0 ? next : callouts.next());
    }

    private SimulationReport report(Map<String, Boolean> ready, Optional<Failure> failure) {
        List<String> notReady = ready.entrySet().stream()
                .filter(node -> !node.getValue())
                .map(Map.Entry::getKey)
                .toList();
        return new SimulationReport(
                true,
                ready.size(),
                ready.size() - notReady.size(),
                notReady.stream()
                        .limit(SimulationReport.NAMED)
                        .map(name -> Line.of(name, Line.NAME))
                        .toList(),
                taken.stream().limit(SimulationReport.NAMED).toList(),
                callouts.latest(),
                failure);
    }

    /** Gives whether all is done; {@code ready} is then as it is afterwards. */
    private boolean change(Map<String, Boolean> ready, Instant until) {
        Set<String> wanted = NodeTemplate.names(wish.count()).collect(Collectors.toSet());
        List<String> surplus =
                ready.keySet().stream().filter(name -> !wanted.contains(name)).toList();
        List<String> missing = NodeTemplate.names(wish.count())
                .filter(name -> !ready.containsKey(name))
                .toList();
        if (wish.alone() && surplus.size() + missing.size() > FEW) {
            NodeHostsEntry.settle(session, wish.count());
        }
        for (String name : surplus) {
            if (isOver(until)) {
                return false;
            }
            client.nodes().withName(name).delete();
            ready.remove(name);
        }
        NodeCreation creation = new NodeCreation(session, wish.template(), ready, taken);
        if (!creation.run(missing.subList(0, Math.min(FEW, missing.size())), () -> isOver(until))) {
            return false;
        }
        // After the first Nodes, whose being Ready somebody waits for; before many, of which kwok says what they take.
        if (!furnished.get()) {
            SimulatedStorageClass.settle(client, wish.count() > 0);
            SimulatedMetrics.settle(client, wish.metrics());
            furnished.set(true);
        }
        return creation.run(missing.subList(Math.min(FEW, missing.size()), missing.size()), () -> isOver(until))
                && (wish.count() == 0 || settle(until));
    }

    /** Of Nodes that were made by another template, some at a time. */
    private boolean settle(Instant until) {
        List<Node> outdated = client.nodes()
                .list(new ListOptionsBuilder()
                        .withLabelSelector(Labels.SIMULATED + "=true," + Labels.SIMULATED_AS + "!="
                                + wish.template().hash())
                        .withLimit(OUTDATED_AT_A_TIME)
                        .build())
                .getItems();
        for (Node node : outdated) {
            if (isOver(until)) {
                return false;
            }
            String name = node.getMetadata().getName();
            client.nodes().withName(name).editStatus(wish.template()::status);
            client.nodes().withName(name).edit(wish.template()::metadata);
        }
        return outdated.size() < OUTDATED_AT_A_TIME;
    }

    private boolean isOver(Instant until) {
        return !clock.instant().isBefore(until);
    }
}
