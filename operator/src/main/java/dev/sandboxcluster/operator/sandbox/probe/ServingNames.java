package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.k3s.K3s;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the addresses of former pods out of the serving certificate of a sandbox that k3s agents may join. While k3s
 * starts, it adds the address at which it is asked, its pod's, to the certificate; seconds after the API server is ready
 * it joins the names with those in a Secret of the sandbox's, and keeps the result there for the next start. Nobody but a
 * start reads that Secret, so it may go at any time: k3s serves on with the certificate that it has.
 *
 * <p>A deletion that comes too late for one start, since the operator wasn't there, is in time for the next: what is
 * tried here never fails.
 */
final class ServingNames {

    /** On a full volume the API server would try for half a minute otherwise. */
    private static final String SECRET =
            "/api/v1/namespaces/%s/secrets/%s?timeout=1s".formatted(K3s.SERVING_NAMESPACE, K3s.SERVING_SECRET);

    private static final int HEARTBEATS = 6;
    private static final long PATIENCE_SECONDS = 2;

    private final SandboxHttp http;

    private int heartbeatsLeft;

    ServingNames(SandboxHttp http) {
        this.http = http;
    }

    /** Removes what earlier starts left; to be called before the API server is ready, so that this start can't find it. */
    Future<Void> forgetFormer() {
        heartbeatsLeft = HEARTBEATS;
        return delete().mapEmpty();
    }

    /** Removes what this start left, once that is there; for the first heartbeats alone. */
    Future<Void> forgetOwn() {
        if (heartbeatsLeft == 0) {
            return Future.succeededFuture();
        }
        heartbeatsLeft--;
        return delete().onSuccess(deleted -> {
                    if (deleted) {
                        heartbeatsLeft = 0;
                    }
                })
                .mapEmpty();
    }

    private Future<Boolean> delete() {
        return http.send(HttpMethod.DELETE, SECRET, null)
                .map(answer -> answer.status() == 200)
                .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .otherwise(false);
    }
}
