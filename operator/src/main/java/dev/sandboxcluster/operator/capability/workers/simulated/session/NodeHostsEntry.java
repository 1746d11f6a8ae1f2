package dev.sandboxcluster.operator.capability.workers.simulated.session;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.NodeHosts;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Where k3s keeps its list of nodes for CoreDNS: in the ConfigMap {@code kube-system/coredns}. */
final class NodeHostsEntry {

    private static final String PATH = "/api/v1/namespaces/kube-system/configmaps/coredns";
    private static final String KEY = "NodeHosts";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private NodeHostsEntry() {}

    /**
     * Puts all simulated Nodes there; two requests. Where it isn't there, or is written by somebody else at the moment,
     * nothing is done: k3s then does it, and takes longer.
     */
    static void settle(SandboxSession session, int count) {
        SandboxSession.Answer answer = session.send("GET", PATH, "application/json", null, null, PATIENCE);
        if (answer.code() != HttpURLConnection.HTTP_OK) {
            return;
        }
        Entry present = Serialization.unmarshal(answer.text(), Entry.class);
        String before =
                Optional.ofNullable(present.data).map(data -> data.get(KEY)).orElse("");
        String after = NodeHosts.with(before, count);
        if (!after.equals(before)) {
            session.send(
                    "PATCH",
                    PATH,
                    SandboxSession.METADATA_ALONE,
                    "application/merge-patch+json",
                    Serialization.asJson(new Entry(present.metadata, Map.of(KEY, after))),
                    PATIENCE);
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Entry(Metadata metadata, Map<String, String> data) {}

    /** By which a change in between is noticed. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Metadata(String resourceVersion) {}
}
