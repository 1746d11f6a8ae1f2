package dev.sandboxcluster.operator.capability.workers.simulated.session;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.WebhookRewrite;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes webhook configurations. Nobody is asked about that: the API server exempts them from webhooks. */
final class WebhookPatch {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String ACCEPT = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    private WebhookPatch() {}

    /**
     * Two requests: the fields aren't the operator's afterwards. Were they, whoever applies the configuration from the
     * server's side would be refused by a conflict, and Helm would fail.
     *
     * @return as it is then; empty: it was changed or deleted in the meantime
     * @throws KubernetesClientException when it is refused
     */
    static Optional<Callout> apply(SandboxSession session, WebhookRewrite rewrite) {
        String path = CalloutKind.path(rewrite.callout()) + "?fieldManager=" + Labels.OPERATOR;
        SandboxSession.Answer answer = patch(session, path, "application/strategic-merge-patch+json", rewrite.patch());
        if (answer.code() == HttpURLConnection.HTTP_CONFLICT || answer.code() == HttpURLConnection.HTTP_NOT_FOUND) {
            return Optional.empty();
        }
        if (answer.code() != HttpURLConnection.HTTP_OK) {
            throw new KubernetesClientException(message(answer), answer.code(), null);
        }
        Metadata written = Serialization.unmarshal(answer.text(), Written.class).metadata();
        return Optional.of(rewrite.done(disown(session, path, written).resourceVersion()));
    }

    private static Metadata disown(SandboxSession session, String path, Metadata written) {
        List<Manager> managers = Optional.ofNullable(written.managedFields).orElse(List.of());
        for (int index = 0; index < managers.size(); index++) {
            if (Labels.OPERATOR.equals(managers.get(index).manager)) {
                String entry = "/metadata/managedFields/" + index;
                SandboxSession.Answer answer = patch(
                        session,
                        path,
                        "application/json-patch+json",
                        Serialization.asJson(List.of(
                                Map.of("op", "test", "path", entry + "/manager", "value", Labels.OPERATOR),
                                Map.of(
                                        "op",
                                        "test",
                                        "path",
                                        "/metadata/resourceVersion",
                                        "value",
                                        written.resourceVersion),
                                Map.of("op", "remove", "path", entry))));
                return answer.code() == HttpURLConnection.HTTP_OK
                        ? Serialization.unmarshal(answer.text(), Written.class).metadata()
                        : written;
            }
        }
        return written;
    }

    private static SandboxSession.Answer patch(SandboxSession session, String path, String type, String body) {
        return session.send("PATCH", path, ACCEPT, type, body, PATIENCE);
    }

    private static String message(SandboxSession.Answer answer) {
        try {
            return Optional.ofNullable(Serialization.unmarshal(answer.text(), Status.class).message)
                    .orElse("HTTP " + answer.code());
        } catch (RuntimeException unintelligible) {
            return "HTTP " + answer.code();
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Status(String message) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Written(Metadata metadata) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Metadata(String resourceVersion, List<Manager> managedFields) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Manager(String manager) {}
}
