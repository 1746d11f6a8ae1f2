package dev.sandboxcluster.operator.capability.workers.simulated.session;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.NodeTemplate;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Makes Nodes, some at a time. As soon as kwok made one Ready, further ones are made as that one is: otherwise each is
 * written by kwok, and then by all who wait for it to be Ready.
 */
final class NodeCreation {

    private static final String PATH = "/api/v1/nodes";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** With more, they would wait for each other in the API server. */
    private static final int AT_A_TIME = 8;

    private final SandboxSession session;
    private final NodeTemplate template;
    private final Map<String, Boolean> ready;
    private final List<String> taken;
    private Optional<Node> model = Optional.empty();

    /**
     * Makes none yet.
     *
     * @param ready those that are there, to which new ones are added
     * @param taken to which names are added that others have
     */
    NodeCreation(SandboxSession session, NodeTemplate template, Map<String, Boolean> ready, List<String> taken) {
        this.session = session;
        this.template = template;
        this.ready = ready;
        this.taken = taken;
    }

    /** Gives whether all are made that weren't there. */
    boolean run(List<String> names, BooleanSupplier over) {
        for (int from = 0; from < names.size(); from += AT_A_TIME) {
            if (over.getAsBoolean()) {
                return false;
            }
            if (model.isEmpty()) {
                model = model();
            }
            create(names.subList(from, Math.min(from + AT_A_TIME, names.size())));
        }
        return true;
    }

    /** One that kwok made Ready. */
    private Optional<Node> model() {
        return ready.entrySet().stream()
                .filter(Map.Entry::getValue)
                .findFirst()
                .map(node -> session.client().nodes().withName(node.getKey()).get());
    }

    private void create(List<String> names) {
        List<Node> nodes = names.stream()
                .map(name -> model.map(ready -> template.like(ready, name)).orElseGet(() -> template.node(name)))
                .toList();
        List<SandboxSession.Answer> answers = session.create(
                PATH,
                SandboxSession.METADATA_ALONE,
                nodes.stream().map(Serialization::asJson).toList(),
                PATIENCE);
        for (int at = 0; at < names.size(); at++) {
            switch (answers.get(at).code()) {
                case HttpURLConnection.HTTP_CREATED -> ready.put(names.get(at), NodeTemplate.isReady(nodes.get(at)));
                case HttpURLConnection.HTTP_CONFLICT -> taken.add(names.get(at));
                default -> throw answers.get(at).refusal();
            }
        }
    }
}
