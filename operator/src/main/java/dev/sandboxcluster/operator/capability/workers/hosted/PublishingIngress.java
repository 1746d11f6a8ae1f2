package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.HostedPublication.PublishedIngress;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.config.IngressPolicy;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLSBuilder;
import java.util.List;
import java.util.Optional;

/** The Ingress of the host cluster by which a Service of a sandbox has a host name; its backend is a PublishingService. */
public final class PublishingIngress {

    private PublishingIngress() {}

    /**
     * The Ingress of one that is to have one; pure.
     *
     * @param policy which may be made
     */
    public static Ingress desired(
            Identity sandbox, Published published, PublishedIngress wanted, IngressPolicy policy) {
        String name = PublishingService.name(sandbox, published.name());
        return new IngressBuilder()
                .withMetadata(new ObjectMetaBuilder(HostedObjects.metadata(sandbox, name))
                        .addToLabels(Labels.PUBLISHED, published.name())
                        .addToAnnotations(policy.annotations())
                        .build())
                .withNewSpec()
                .withIngressClassName(policy.className().orElse(null))
                .addNewRule()
                .withHost(wanted.host())
                .withNewHttp()
                .addNewPath()
                .withPath("/")
                .withPathType("Prefix")
                .withNewBackend()
                .withNewService()
                .withName(name)
                .withNewPort()
                .withNumber(published.what().port())
                .endPort()
                .endService()
                .endBackend()
                .endPath()
                .endHttp()
                .endRule()
                .withTls(Optional.ofNullable(wanted.tlsSecretName())
                        .map(secret -> new IngressTLSBuilder()
                                .withHosts(wanted.host())
                                .withSecretName(secret)
                                .build())
                        .stream()
                        .toList())
                .endSpec()
                .build();
    }

    /** Why it may not be made; empty: it may. */
    static Optional<Verdict> refused(
            Identity sandbox, Published published, PublishedIngress wanted, Optional<IngressPolicy> policy) {
        return policy.filter(known -> known.allows(wanted.host(), sandbox.namespace()))
                        .isPresent()
                ? Optional.empty()
                : Optional.of(Verdict.fails(
                        Reason.HOST_NAME_NOT_ALLOWED,
                        "publish " + published.name() + ": host " + wanted.host() + " is not allowed; "
                                + allowed(policy.map(IngressPolicy::hosts).orElse(List.of()), sandbox.namespace())
                                + ". What is allowed, the operator's chart says (workers.hosted.ingress.hosts)"));
    }

    private static String allowed(List<String> hosts, String namespace) {
        return hosts.isEmpty()
                ? "no Ingresses are"
                : "allowed here: " + String.join(", ", hosts).replace("{namespace}", namespace);
    }

    /** Where one leads, once an Ingress controller has taken it. */
    static Optional<String> url(PublishedIngress wanted, Ingress ingress) {
        return Optional.ofNullable(ingress.getStatus())
                .map(status -> status.getLoadBalancer())
                .map(balancer -> balancer.getIngress())
                .filter(addresses -> !addresses.isEmpty())
                .map(taken -> (wanted.tlsSecretName() == null ? "http://" : "https://") + wanted.host());
    }
}
