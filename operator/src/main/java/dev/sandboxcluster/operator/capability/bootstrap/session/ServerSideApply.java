package dev.sandboxcluster.operator.capability.bootstrap.session;

import dev.sandboxcluster.operator.capability.bootstrap.plan.Manifest;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Applies objects of any kind in a sandbox, by what its API server says that it serves; within one pass. */
final class ServerSideApply {

    static final String FIELD_MANAGER = "sandboxcluster-bootstrap";

    /** A webhook of the sandbox may take long; then the API server says so, just before nobody listens any more. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String APPLY = "?force=true&fieldValidation=Strict&timeout=4s&fieldManager=" + FIELD_MANAGER;
    private static final String JSON = "application/json";
    /** Of kinds that have no such form, all of it. */
    private static final String ACCEPT = SandboxSession.METADATA_ALONE + "," + JSON;

    private static final Pattern RESOURCE = Pattern.compile("[a-z0-9][-a-z0-9.]{0,252}");

    private final SandboxSession session;
    private final Map<String, List<APIResource>> served = new HashMap<>();

    ServerSideApply(SandboxSession session) {
        this.session = session;
    }

    static SandboxSession.Answer get(SandboxSession session, String path) {
        return session.send("GET", path, JSON, null, null, PATIENCE);
    }

    /** Empty: the API server doesn't serve such a kind. */
    Optional<SandboxSession.Answer> apply(Manifest manifest) {
        return resource(manifest)
                .map(resource -> send(
                        manifest.path(resource.getName(), Boolean.TRUE.equals(resource.getNamespaced())),
                        manifest.content()));
    }

    /** For a kind that every API server serves. */
    SandboxSession.Answer send(String path, Object content) {
        return session.send(
                "PATCH", path + APPLY, ACCEPT, "application/apply-patch+yaml", Serialization.asJson(content), PATIENCE);
    }

    private Optional<APIResource> resource(Manifest manifest) {
        return served.computeIfAbsent(manifest.apiPath(), this::discover).stream()
                .filter(resource -> manifest.kind().equals(resource.getKind()))
                .filter(resource ->
                        RESOURCE.matcher(String.valueOf(resource.getName())).matches())
                .findFirst();
    }

    private List<APIResource> discover(String path) {
        SandboxSession.Answer answer = get(session, path);
        if (answer.code() != HttpURLConnection.HTTP_OK) {
            return List.of();
        }
        try {
            return Optional.ofNullable(Serialization.unmarshal(answer.text(), APIResourceList.class)
                            .getResources())
                    .orElse(List.of());
        } catch (RuntimeException noList) {
            return List.of();
        }
    }

    static boolean isTaken(SandboxSession.Answer answer) {
        return answer.code() / 100 == 2;
    }

    /**
     * What the API server says to a request that it refuses.
     *
     * @param secret whether nobody is to see what was sent: then only how it was refused, and for which fields
     */
    static String said(SandboxSession.Answer answer, boolean secret) {
        if (secret) {
            return answer.status()
                            .map(found -> Optional.ofNullable(found.getReason()).orElse("refused")
                                    + Optional.ofNullable(found.getDetails())
                                            .map(details -> details.getCauses())
                                            .orElse(List.of())
                                            .stream()
                                            .map(StatusCause::getField)
                                            .collect(Collectors.joining(", ", " (", ")")))
                            .orElse("HTTP " + answer.code())
                    + "; what was said may quote the Secret, so it isn't repeated";
        }
        return answer.said();
    }
}
