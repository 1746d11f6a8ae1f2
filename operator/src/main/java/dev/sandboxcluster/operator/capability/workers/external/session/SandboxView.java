package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;

/** What is watched in a sandbox for its workers: nodes, the operator's tokens, requests for certificates. */
final class SandboxView implements AutoCloseable {

    private final SandboxSession session;
    private final SharedIndexInformer<Node> nodes;
    private final SharedIndexInformer<Secret> tokens;
    private final Optional<SharedIndexInformer<CertificateSigningRequest>> requests;

    private volatile List<String> roles = List.of();

    /** @param onChange told of every change; called on the client's threads, so it must not block */
    SandboxView(SandboxSession session, Bootstrap bootstrap, Runnable onChange) {
        this.session = session;
        KubernetesClient client = session.client();
        nodes = session.watch(client.nodes(), onChange);
        tokens = session.watch(
                client.secrets().inNamespace(JoinTokens.NAMESPACE).withLabel(Labels.WORKER_GROUP), onChange);
        requests = bootstrap == Bootstrap.KubeletTLS
                ? Optional.of(session.watch(client.certificates().v1().certificateSigningRequests(), onChange))
                : Optional.empty();
    }

    /** Whether everything that is watched was seen at least once. */
    boolean isFilled() {
        return session.isFilled();
    }

    /** Whether the roles of plain kubelets in these groups were written over this connection. */
    boolean hasRoles(List<String> groups) {
        return groups.equals(roles);
    }

    void rolesGiven(List<String> groups) {
        roles = groups;
    }

    KubernetesClient client() {
        return session.client();
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
        session.close();
    }
}
