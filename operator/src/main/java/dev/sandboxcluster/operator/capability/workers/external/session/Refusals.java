package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.Refusal;
import dev.sandboxcluster.operator.capability.workers.external.policy.Csr;
import dev.sandboxcluster.operator.capability.workers.external.policy.Decision;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The requests that this operator refused lately. What a request itself says is no record of that: the sandbox's
 * administrator can refuse any, in any words.
 */
final class Refusals {

    private static final Duration SHOWN = Duration.ofMinutes(15);
    private static final int MOST = 50;

    private record Made(Instant at, Refusal refusal) {}

    private final Map<String, Made> made = new LinkedHashMap<>();

    void add(CertificateSigningRequest request, Decision.Deny deny, Instant now) {
        Csr csr = new Csr(request);
        made.put(
                request.getMetadata().getUid(),
                new Made(
                        now,
                        new Refusal(
                                csr.nodeName().orElse(request.getMetadata().getName()),
                                csr.group(),
                                deny.reason(),
                                deny.message())));
        if (made.size() > MOST) {
            made.remove(made.keySet().iterator().next());
        }
    }

    /** @param present UIDs of the requests that are still there */
    List<Refusal> shown(Set<String> present, Instant now) {
        made.entrySet()
                .removeIf(entry -> !present.contains(entry.getKey())
                        || !entry.getValue().at().plus(SHOWN).isAfter(now));
        return made.values().stream()
                .map(Made::refusal)
                .sorted(Comparator.comparing(Refusal::node))
                .distinct()
                .toList();
    }
}
