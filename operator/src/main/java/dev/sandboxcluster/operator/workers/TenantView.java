package dev.sandboxcluster.operator.workers;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.operator.workers.WorkerPlan.TenantAccess;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
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
import java.util.Optional;
import java.util.stream.Stream;

/** A connection to a tenant's API, and what is watched there: nodes, the operator's tokens, requests for certificates. */
final class TenantView implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration REQUEST = Duration.ofSeconds(5);
    private static final Duration RECONNECT = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final SharedIndexInformer<Node> nodes;
    private final SharedIndexInformer<Secret> tokens;
    private final Optional<SharedIndexInformer<CertificateSigningRequest>> requests;

    private volatile List<String> roles = List.of();

    /** @param onChange told of every change; called on the client's threads, so it must not block */
    TenantView(HttpClient.Factory http, TenantAccess access, Bootstrap bootstrap, Runnable onChange) {
        client = new KubernetesClientBuilder()
                .withHttpClientFactory(http)
                .withConfig(config(access))
                .build();
        nodes = watch(client.nodes(), onChange);
        tokens = watch(
                client.secrets().inNamespace(TenantTokens.NAMESPACE).withLabel(TenantTokens.GROUP_LABEL), onChange);
        requests = bootstrap == Bootstrap.KubeletTLS
                ? Optional.of(watch(client.certificates().v1().certificateSigningRequests(), onChange))
                : Optional.empty();
    }

    private static Config config(TenantAccess access) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(access.url())
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

    private static <T extends HasMetadata> SharedIndexInformer<T> watch(Informable<T> what, Runnable onChange) {
        SharedIndexInformer<T> informer = what.runnableInformer(0);
        // An API server that does not answer yet, or for a while, is asked again.
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
        return informer;
    }

    /** Whether everything that is watched was seen at least once. */
    boolean isFilled() {
        return Stream.concat(Stream.of(nodes, tokens), requests.stream()).allMatch(SharedIndexInformer::hasSynced);
    }

    /** Whether the roles of plain kubelets in these groups were written over this connection. */
    boolean hasRoles(List<String> groups) {
        return groups.equals(roles);
    }

    void rolesGiven(List<String> groups) {
        roles = groups;
    }

    KubernetesClient client() {
        return client;
    }

    List<Node> nodes() {
        return nodes.getStore().list();
    }

    List<Secret> tokens() {
        return tokens.getStore().list();
    }

    List<CertificateSigningRequest> requests() {
        return requests.map(informer -> informer.getStore().list()).orElse(List.of());
    }

    @Override
    public void close() {
        Stream.concat(Stream.of(nodes, tokens), requests.stream()).forEach(SharedIndexInformer::stop);
        client.close();
    }
}
