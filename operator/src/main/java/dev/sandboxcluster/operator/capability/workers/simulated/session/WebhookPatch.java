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
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Writes webhook configurations. Nobody is asked about that: the API server exempts them from webhooks. */
final class WebhookPatch {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private WebhookPatch() {}

    /**
     * Two requests: the fields aren't the operator's afterwards. Were they, whoever applies the configuration from the
     * server's side would be refused by a conflict, and Helm would fail. No request does both: whoever writes a field is
     * its manager. What is owned still, is to be disowned later.
     *
     * @return as it is then; empty: it was changed or deleted in the meantime
     * @throws KubernetesClientException when it is refused
     */
    static Optional<Callout> apply(SandboxSession session, WebhookRewrite rewrite) {
        String path = path(rewrite.callout());
        SandboxSession.Answer answer =
                send(session, "PATCH", path, "application/strategic-merge-patch+json", rewrite.patch());
        if (answer.code() == HttpURLConnection.HTTP_CONFLICT || answer.code() == HttpURLConnection.HTTP_NOT_FOUND) {
            return Optional.empty();
        }
        if (answer.code() != HttpURLConnection.HTTP_OK) {
            throw answer.refusal();
        }
        Metadata written = metadata(answer);
        disown(session, path, written);
        return Optional.of(rewrite.done(written.resourceVersion));
    }

    /** Gives the operator's fields up, as after a request that wasn't followed by its second one. */
    static void disown(SandboxSession session, Callout owned) {
        String path = path(owned);
        SandboxSession.Answer answer = send(session, "GET", path, null, null);
        if (answer.code() == HttpURLConnection.HTTP_OK) {
            disown(session, path, metadata(answer));
        }
    }

    /** Where the operator is among the managers. */
    static OptionalInt owned(List<Manager> managers) {
        return managers == null
                ? OptionalInt.empty()
                : IntStream.range(0, managers.size())
                        .filter(index -> Labels.OPERATOR.equals(managers.get(index).manager))
                        .findFirst();
    }

    /** It may be changed by others in between, as long as the operator is where it was. */
    private static void disown(SandboxSession session, String path, Metadata present) {
        owned(present.managedFields).ifPresent(index -> {
            String entry = "/metadata/managedFields/" + index;
            send(
                    session,
                    "PATCH",
                    path,
                    "application/json-patch+json",
                    Serialization.asJson(List.of(
                            Map.of("op", "test", "path", entry + "/manager", "value", Labels.OPERATOR),
                            Map.of("op", "remove", "path", entry))));
        });
    }

    private static String path(Callout of) {
        return CalloutKind.path(of) + "?fieldManager=" + Labels.OPERATOR;
    }

    private static Metadata metadata(SandboxSession.Answer answer) {
        return Serialization.unmarshal(answer.text(), Written.class).metadata();
    }

    private static SandboxSession.Answer send(
            SandboxSession session, String method, String path, String type, String body) {
        return session.send(method, path, SandboxSession.METADATA_ALONE, type, body, PATIENCE);
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Written(Metadata metadata) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Metadata(String resourceVersion, List<Manager> managedFields) {}

    /** Who manages fields of an object. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Manager(String manager) {}
}
