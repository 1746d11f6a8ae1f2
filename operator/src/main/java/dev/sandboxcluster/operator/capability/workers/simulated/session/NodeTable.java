package dev.sandboxcluster.operator.capability.workers.simulated.session;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The simulated Nodes of a sandbox, as a table: of a thousand Nodes the names and states are a twentieth of the objects.
 *
 * @param ready by name: whether it is Ready
 * @param resourceVersion from which on a watch tells what changes
 */
record NodeTable(Map<String, Boolean> ready, String resourceVersion) {

    /** The selector of the query. */
    static final String SELECTOR = "labelSelector=" + Labels.SIMULATED.replace("/", "%2F") + "%3Dtrue";

    private static final String PATH = "/api/v1/nodes?" + SELECTOR + "&includeObject=None&limit=500";
    private static final String TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** Four times as many as there can be. */
    private static final int PAGES = 8;

    private static final String READY = "Ready";

    /** Within a pass alone. */
    static NodeTable read(SandboxSession session) {
        Map<String, Boolean> ready = new TreeMap<>();
        String next = "";
        String version = "0";
        int pages = 0;
        do {
            SandboxSession.Answer answer = session.send("GET", PATH + next, TABLE, null, null, PATIENCE);
            if (answer.code() != HttpURLConnection.HTTP_OK) {
                throw new KubernetesClientException("GET nodes: HTTP " + answer.code());
            }
            Page page = Serialization.unmarshal(answer.text(), Page.class);
            page.addTo(ready);
            version = page.metadata("resourceVersion").orElse(version);
            next = page.metadata("continue")
                    .filter(token -> !token.isEmpty())
                    .map(token -> "&continue=" + URLEncoder.encode(token, StandardCharsets.UTF_8))
                    .orElse("");
            pages++;
        } while (!next.isEmpty() && pages < PAGES);
        return new NodeTable(ready, version);
    }

    /** One answer; what is in it that isn't looked at is left out. */
    @com.fasterxml.jackson.annotation.JsonIgnoreProperties(ignoreUnknown = true)
    record Page(
            Map<String, Object> metadata, List<Map<String, Object>> columnDefinitions, List<Map<String, Object>> rows) {

        Optional<String> metadata(String field) {
            return Optional.ofNullable(metadata).map(all -> all.get(field)).map(String::valueOf);
        }

        void addTo(Map<String, Boolean> ready) {
            int name = column("Name");
            int status = column("Status");
            for (Map<String, Object> row : Optional.ofNullable(rows).orElse(List.of())) {
                if (row.get("cells") instanceof List<?> cells && cells.size() > Math.max(name, status)) {
                    ready.put(String.valueOf(cells.get(name)), isReady(String.valueOf(cells.get(status))));
                }
            }
        }

        /** Such as {@code Ready,SchedulingDisabled}. */
        private static boolean isReady(String status) {
            return status.equals(READY) || status.startsWith(READY + ",");
        }

        private int column(String title) {
            List<Object> titles = new ArrayList<>();
            Optional.ofNullable(columnDefinitions).orElse(List.of()).forEach(column -> titles.add(column.get("name")));
            int found = titles.indexOf(title);
            if (found < 0) {
                throw new KubernetesClientException("GET nodes: there is no table");
            }
            return found;
        }
    }
}
