package dev.sandboxcluster.operator.sandbox.session;

import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A connection to a sandbox's own API, as its administrator, and what is watched over it. */
public final class SandboxSession implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration REQUEST = Duration.ofSeconds(5);
    private static final Duration RECONNECT = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final List<SharedIndexInformer<?>> watched = new CopyOnWriteArrayList<>();

    /**
     * Connects with the first request.
     *
     * @param access without another name than the URL's host: the client verifies no other
     */
    public SandboxSession(HttpClient.Factory http, SandboxAccess access) {
        client = new KubernetesClientBuilder()
                .withHttpClientFactory(http)
                .withConfig(config(access))
                .build();
    }

    private static Config config(SandboxAccess access) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(access.server().toString())
                .withCaCertData(base64(access.caCertificate()))
                .withClientCertData(base64(access.clientCertificate()))
                .withClientKeyData(base64(access.clientKey()))
                .withClientKeyAlgo(access.clientKey().contains("EC PRIVATE KEY") ? "EC" : "RSA")
                .withConnectionTimeout((int) CONNECT.toMillis())
                .withRequestTimeout((int) REQUEST.toMillis())
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval((int) RECONNECT.toMillis())
                .build();
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
    }

    /** For requests; each takes 5 seconds at most. */
    public KubernetesClient client() {
        return client;
    }

    /**
     * Watches objects until this is closed. An API server that does not answer yet, or for a while, is asked again.
     *
     * @param onChange told of every change; called on the client's threads, so it must not block
     */
    public <T extends HasMetadata> SharedIndexInformer<T> watch(Informable<T> what, Runnable onChange) {
        SharedIndexInformer<T> informer = what.runnableInformer(0);
        informer.exceptionHandler((started, failure) -> true);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T added) {
                onChange.run();
            }

            @Override
            public void onUpdate(T before, T after) {
                onChange.run();
            }

            @Override
            public void onDelete(T deleted, boolean stateUnknown) {
                onChange.run();
            }
        });
        informer.start();
        watched.add(informer);
        return informer;
    }

    /** Whether everything that is watched was seen at least once. */
    public boolean isFilled() {
        return watched.stream().allMatch(SharedIndexInformer::hasSynced);
    }

    @Override
    public void close() {
        watched.forEach(SharedIndexInformer::stop);
        client.close();
    }
}
