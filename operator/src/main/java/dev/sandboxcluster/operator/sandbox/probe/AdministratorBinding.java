package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.sandbox.Administrators;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Gives a sandbox's administrators their rights: a ClusterRoleBinding of their group, and of no other, to
 * {@code cluster-admin}. It is written when they turn out to have none, over a connection of the operator's own, which
 * lasts for that alone.
 */
final class AdministratorBinding {

    static final String NAME = "sandboxcluster:admins";

    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String PATH = "/apis/" + RBAC + "/v1/clusterrolebindings/" + NAME;
    private static final String APPLY = PATH + "?force=true&timeout=2s&fieldManager=" + Labels.OPERATOR;
    private static final int UNPROCESSABLE = 422;
    /** RBAC takes a moment to hear of a binding; then it works, or somebody in the sandbox doesn't want it to. */
    private static final Duration TAKES_EFFECT = Duration.ofSeconds(10);

    private static final long REST_MILLIS = 50;

    private final Vertx vertx;
    private final Administrators administrators;
    private final ProbeSettings settings;
    private final Clock clock;

    private Instant writtenAt = Instant.MIN;

    AdministratorBinding(Vertx vertx, Administrators administrators, ProbeSettings settings, Clock clock) {
        this.vertx = vertx;
        this.administrators = administrators;
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether it was written so lately that it may not have been heard of. */
    boolean takesEffect() {
        return clock.instant().isBefore(writtenAt.plus(TAKES_EFFECT));
    }

    /** A moment in which it may take effect. */
    Future<Void> rest() {
        Promise<Void> rested = Promise.promise();
        vertx.setTimer(REST_MILLIS, timer -> rested.complete());
        return rested.future();
    }

    /** Writes it; fails with what the API server says if it doesn't take it. */
    Future<Void> write() {
        SandboxHttp http;
        try {
            http = new SandboxHttp(vertx, administrators.giver(), settings.connectTimeout());
        } catch (ProbeException e) {
            return Future.failedFuture(e);
        }
        Diagnosis diagnosis = new Diagnosis(administrators.giver());
        return http.within(settings.attemptTimeout(), () -> http.apply(APPLY, binding())
                        .compose(answer -> taken(answer, http, diagnosis)))
                .onComplete(done -> http.close());
    }

    private Future<Void> taken(Answer answer, SandboxHttp http, Diagnosis diagnosis) {
        if (answer.status() == UNPROCESSABLE) {
            // The role of a binding can't be changed: somebody made one of that name to another. It is written next
            // time.
            return http.send(HttpMethod.DELETE, PATH, null).mapEmpty();
        }
        if (answer.status() / 100 == 2 && !answer.html()) {
            writtenAt = clock.instant();
            return Future.succeededFuture();
        }
        return Future.failedFuture(diagnosis.answer("PATCH", PATH, answer));
    }

    private Buffer binding() {
        return new JsonObject()
                .put("apiVersion", RBAC + "/v1")
                .put("kind", "ClusterRoleBinding")
                .put("metadata", new JsonObject().put("name", NAME))
                .put(
                        "roleRef",
                        new JsonObject()
                                .put("apiGroup", RBAC)
                                .put("kind", "ClusterRole")
                                .put("name", "cluster-admin"))
                .put(
                        "subjects",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("apiGroup", RBAC)
                                        .put("kind", "Group")
                                        .put("name", administrators.group())))
                .toBuffer();
    }
}
