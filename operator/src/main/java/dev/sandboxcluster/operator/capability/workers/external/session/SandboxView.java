package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.workers.external.policy.ClientCsrPolicy;
import dev.sandboxcluster.operator.capability.workers.external.policy.ServingCsrPolicy;
import dev.sandboxcluster.operator.sandbox.session.Listing;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeList;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceList;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestList;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.stream.Stream;

/** What is seen in a sandbox for its workers: nodes, the operator's tokens, requests for kubelets' certificates. */
final class SandboxView {

    private static final Listing<NodeList> NODES = new Listing<>("/api/v1/nodes", "", NodeList.class, 5000);
    private static final Listing<SecretList> TOKENS = new Listing<>(
            "/api/v1/namespaces/" + JoinTokens.NAMESPACE + "/secrets",
            "fieldSelector=type%3D" + JoinTokens.TYPE.replace("/", "%2F") + "&labelSelector="
                    + Labels.WORKER_GROUP.replace("/", "%2F"),
            SecretList.class,
            500);
    private static final Listing<ServiceList> FORWARDED = new Listing<>(
            "/api/v1/services", "labelSelector=" + Labels.PUBLISHED.replace("/", "%2F"), ServiceList.class, 100);
    private static final Listing<CertificateSigningRequestList> CLIENTS = requests(ClientCsrPolicy.SIGNER);
    private static final Listing<CertificateSigningRequestList> SERVERS = requests(ServingCsrPolicy.SIGNER);

    private final SandboxSession session;
    private final Bootstrap bootstrap;
    private final Runnable onChange;

    private volatile List<String> roles = List.of();

    /** @param onChange told of every change; must not block */
    SandboxView(SandboxSession session, Bootstrap bootstrap, Runnable onChange) {
        this.session = session;
        this.bootstrap = bootstrap;
        this.onChange = onChange;
    }

    private static Listing<CertificateSigningRequestList> requests(String signer) {
        return new Listing<>(
                "/apis/certificates.k8s.io/v1/certificatesigningrequests",
                "fieldSelector=spec.signerName%3D" + signer.replace("/", "%2F"),
                CertificateSigningRequestList.class,
                // Each approval looks at all of them.
                500);
    }

    /** Whether it is that of a connection, and of what its machines join with. */
    boolean isOf(SandboxSession connection, Bootstrap kind) {
        return session == connection && bootstrap == kind;
    }

    /** What there is at a time. */
    record Seen(
            List<Node> nodes, List<Secret> tokens, List<CertificateSigningRequest> requests, List<Service> forwarded) {}

    /**
     * Reads all of it, within a pass; whoever watches hears of what changes from then on.
     *
     * @param hosting whether what hosted nodes forward is read, too
     */
    Seen read(boolean hosting) {
        return new Seen(
                list(NODES),
                list(TOKENS),
                bootstrap == Bootstrap.KubeletTLS
                        ? Stream.concat(list(CLIENTS).stream(), list(SERVERS).stream())
                                .toList()
                        : List.of(),
                hosting ? list(FORWARDED) : List.of());
    }

    private <T extends HasMetadata, L extends KubernetesResourceList<T>> List<T> list(Listing<L> what) {
        SandboxSession.Listed<T> listed = session.list(what);
        session.watch(what, listed.resourceVersion(), onChange);
        return listed.items();
    }

    /** Whether the roles of plain kubelets in these groups were written over this connection. */
    boolean hasRoles(List<String> groups) {
        return groups.equals(roles);
    }

    void rolesGiven(List<String> groups) {
        roles = groups;
    }

    SandboxSession session() {
        return session;
    }

    KubernetesClient client() {
        return session.client();
    }
}
