package dev.sandboxcluster.e2e;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/**
 * The endpoints by which k3s's agents join. They give certificates to whoever has a join token: of any node, of k3s's own
 * controllers, and for any address.
 *
 * @param server where the sandbox's API is
 * @param token a bootstrap token, without k3s's prefix
 */
record JoiningEndpoints(String server, String token) {

    private static final List<String> PATHS = List.of(
            "/cacerts",
            "/ping",
            "/db/info",
            "/v1-k3s/client-ca.crt",
            "/v1-k3s/server-ca.crt",
            "/v1-k3s/config",
            "/v1-k3s/readyz",
            "/v1-k3s/client-kubelet.crt",
            "/v1-k3s/serving-kubelet.crt",
            "/v1-k3s/client-kube-proxy.crt",
            "/v1-k3s/client-k3s-controller.crt");

    /** Those of the sandbox that a join Secret is for, with its token. */
    static JoiningEndpoints of(Secret bundle) {
        String token = Sandbox.value(bundle, "token");
        return new JoiningEndpoints(Sandbox.value(bundle, "server"), token.substring(token.lastIndexOf(':') + 1));
    }

    /** The paths at which somebody who has the token, and calls himself a node, gets what he asks for. */
    List<String> open() {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(ServerCertificate.trustingAnybody())
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        return PATHS.stream().filter(path -> answers(client, path)).toList();
    }

    private boolean answers(HttpClient client, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + path))
                .header("Authorization", "Bearer " + token)
                .header("k3s-Node-Name", "stranger")
                .header("k3s-Node-Password", "secret")
                .header("k3s-Node-IP", URI.create(server).getHost())
                .timeout(Duration.ofSeconds(10))
                .method(path.endsWith("kubelet.crt") ? "POST" : "GET", BodyPublishers.noBody())
                .build();
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() < 300;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
