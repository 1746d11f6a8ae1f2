package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.policy.ClientCsrPolicy;
import dev.sandboxcluster.operator.capability.workers.external.policy.Decision;
import dev.sandboxcluster.operator.capability.workers.external.policy.Reserved;
import dev.sandboxcluster.operator.capability.workers.external.policy.ServingCsrPolicy;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Kept;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides about kubelets' requests for certificates, some at a time: anybody with a token can make many. */
final class RequestDecisions {

    private static final Logger LOG = LoggerFactory.getLogger(RequestDecisions.class);

    private static final int AT_A_TIME = 20;

    private final WorkerPlan plan;
    private final KubernetesClient client;
    private final NodeRegistry registry;
    private final Memory memory;
    private final Mishaps mishaps;
    private final Instant now;
    private final List<CertificateSigningRequest> requests;

    private int settled;

    /** @param requests all that there are; those that were settled are put in their place */
    RequestDecisions(
            WorkerPlan plan,
            KubernetesClient client,
            NodeRegistry registry,
            Memory memory,
            Mishaps mishaps,
            Instant now,
            List<CertificateSigningRequest> requests) {
        this.plan = plan;
        this.client = client;
        this.registry = registry;
        this.memory = memory;
        this.mishaps = mishaps;
        this.now = now;
        this.requests = requests;
    }

    void run(List<Kept> valid, List<Node> nodes) {
        Reserved reserved = Reserved.of(plan.reserved());
        ClientCsrPolicy clients = new ClientCsrPolicy(
                valid.stream().collect(Collectors.toMap(token -> token.token().id(), Kept::group)),
                plan.groups().stream()
                        .filter(group -> group.maxNodes().isPresent())
                        .collect(Collectors.toMap(
                                Group::name, group -> group.maxNodes().get())),
                reserved);
        ServingCsrPolicy servers = new ServingCsrPolicy(reserved);
        List<CertificateSigningRequest> open = new ArrayList<>(requests);
        open.sort(Comparator.comparing(
                request -> String.valueOf(request.getMetadata().getCreationTimestamp())));
        for (CertificateSigningRequest request : open) {
            if (settled == AT_A_TIME) {
                return;
            }
            mishaps.guard(request.getMetadata().getName(), () -> {
                Decision decision =
                        ServingCsrPolicy.SIGNER.equals(request.getSpec().getSignerName())
                                ? servers.decide(request, nodes, now)
                                : clients.decide(request, nodes, registry::groupOf, requests, now);
                if (decision instanceof Decision.Approve approve) {
                    settle(request, "Approved", "JoinAllowed", approve.message());
                } else if (decision instanceof Decision.Deny deny) {
                    settle(request, "Denied", deny.reason(), deny.message());
                    memory.refusals().add(request, deny, now);
                }
            });
        }
    }

    private void settle(CertificateSigningRequest request, String type, String reason, String message) {
        settled++;
        CertificateSigningRequestCondition condition = new CertificateSigningRequestConditionBuilder()
                .withType(type)
                .withStatus("True")
                .withReason(reason)
                .withMessage(message)
                .withLastUpdateTime(now.truncatedTo(ChronoUnit.SECONDS).toString())
                .build();
        CertificateSigningRequest decided = new CertificateSigningRequestBuilder(request)
                .editOrNewStatus()
                .addToConditions(condition)
                .endStatus()
                .build();
        client.certificates()
                .v1()
                .certificateSigningRequests()
                .resource(decided)
                .subresource("approval")
                .update();
        if (memory.mayTell(now)) {
            LOG.info("{} {}: {}", type, request.getMetadata().getName(), message);
        }
        // Those that are decided next must know of it.
        requests.replaceAll(other ->
                other.getMetadata().getUid().equals(request.getMetadata().getUid()) ? decided : other);
    }
}
