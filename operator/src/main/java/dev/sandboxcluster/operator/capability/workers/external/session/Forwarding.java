package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.operator.capability.workers.external.plan.Forwarded;
import dev.sandboxcluster.operator.capability.workers.external.plan.Publication;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Has the nodes of a sandbox forward Services from outside, and no longer forward what isn't wanted any more. */
final class Forwarding {

    /** Kubernetes' own range: whoever has another one might have a port of the node's own published. */
    private static final int FIRST_NODE_PORT = 30000;

    private static final int LAST_NODE_PORT = 32767;

    private record Id(String namespace, String name) {

        static Id of(Service service) {
            return new Id(
                    service.getMetadata().getNamespace(), service.getMetadata().getName());
        }
    }

    private final KubernetesClient client;
    private final Mishaps mishaps;
    private final List<Service> present;
    private final Set<Id> kept = new HashSet<>();

    /** @param present what has the operator's label */
    Forwarding(KubernetesClient client, Mishaps mishaps, List<Service> present) {
        this.client = client;
        this.mishaps = mishaps;
        this.present = present.stream().filter(ForwardedService::isOurs).toList();
    }

    List<Forwarded> run(List<Publication> publications) {
        List<Forwarded> forwarded = publications.stream().map(this::forward).toList();
        present.stream()
                .filter(service -> !kept.contains(Id.of(service)))
                .forEach(service -> mishaps.guard(service.getMetadata().getName(), () -> client.resource(service)
                        .delete()));
        return forwarded;
    }

    private Forwarded forward(Publication wanted) {
        try {
            Service named = client.services()
                    .inNamespace(wanted.namespace())
                    .withName(wanted.service())
                    .get();
            if (named == null) {
                return Forwarded.not(wanted.name(), "there is no Service " + wanted.text());
            }
            if (named.getSpec().getSelector() == null
                    || named.getSpec().getSelector().isEmpty()) {
                return Forwarded.not(wanted.name(), "Service " + wanted.text() + " selects no pods");
            }
            return ForwardedService.port(wanted, named)
                    .map(port -> forward(wanted, named, port))
                    .orElseGet(() -> Forwarded.not(
                            wanted.name(), "Service " + wanted.text() + " has no TCP port " + wanted.port()));
        } catch (KubernetesClientException e) {
            kept.add(new Id(wanted.namespace(), ForwardedService.name(wanted)));
            return Forwarded.not(wanted.name(), refusal(wanted, e));
        }
    }

    private Forwarded forward(Publication wanted, Service named, ServicePort port) {
        Service desired = ForwardedService.desired(wanted, named, port);
        kept.add(Id.of(desired));
        Service service = present.stream()
                .filter(there -> Id.of(there).equals(Id.of(desired)))
                .findFirst()
                .map(there -> settle(there, desired))
                .orElseGet(() -> client.resource(desired).create());
        return ForwardedService.nodePort(service)
                .filter(allotted -> allotted >= FIRST_NODE_PORT && allotted <= LAST_NODE_PORT)
                .map(allotted -> Forwarded.at(wanted.name(), allotted))
                .orElseGet(() -> Forwarded.not(
                        wanted.name(),
                        "the cluster gives no node port of " + FIRST_NODE_PORT + " to " + LAST_NODE_PORT));
    }

    private Service settle(Service there, Service desired) {
        Service settled = ForwardedService.settled(there, desired);
        return settled.equals(there) ? there : client.resource(settled).update();
    }

    private static String refusal(Publication wanted, KubernetesClientException failure) {
        Optional<String> why = Mishaps.ofOneObject(failure);
        return why.map(said -> "the cluster refuses Service " + wanted.namespace() + "/" + ForwardedService.name(wanted)
                        + ": " + said)
                .orElseGet(() -> failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND
                        ? "there is no namespace " + wanted.namespace()
                        : "somebody else changes Service " + wanted.namespace() + "/" + ForwardedService.name(wanted)
                                + ", or made it");
    }
}
