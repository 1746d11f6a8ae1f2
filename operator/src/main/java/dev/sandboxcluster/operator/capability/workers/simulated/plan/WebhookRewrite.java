package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Entry;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Policy;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the operator changes in a webhook configuration.
 *
 * @param set by webhook: what it is to be
 * @param note what they were before, by webhook
 */
public record WebhookRewrite(Callout callout, Map<String, Policy> set, Map<String, Policy> note) {

    /**
     * What is to be changed, if anything is: a webhook that nobody answers is ignored, if that is wanted, and any other is
     * as it was. One whose Service has no endpoints stays as it is: they may be about to be replaced. So does one of whose
     * Service nobody knows.
     */
    public static Optional<WebhookRewrite> of(Callout callout, Behind behind, Ignored ignored) {
        Map<String, Policy> set = new TreeMap<>();
        Map<String, Policy> note = new HashMap<>();
        for (Entry entry : callout.entries()) {
            Policy before = callout.noted().get(entry.name());
            boolean done = entry.policy().equals(Policy.IGNORED);
            if (ignored != Ignored.NONE
                    && entry.service().filter(asked -> !behind.known(asked)).isPresent()) {
                if (before != null) {
                    note.put(entry.name(), before);
                }
            } else if (entry.service()
                    .filter(asked -> vain(asked, behind, ignored, before != null))
                    .isPresent()) {
                if (done && before != null) {
                    note.put(entry.name(), before);
                } else if (!done && note.size() < WebhookNote.MOST) {
                    set.put(entry.name(), Policy.IGNORED);
                    note.put(
                            entry.name(),
                            before == null ? entry.policy() : entry.policy().over(before));
                }
            } else if (before != null && !entry.policy().over(before).equals(entry.policy())) {
                set.put(entry.name(), entry.policy().over(before));
            }
        }
        boolean same = set.isEmpty() && note.equals(callout.noted()) && callout.annotated() == !note.isEmpty();
        return Optional.of(new WebhookRewrite(callout, set, note))
                .filter(any -> callout.kind().admission() && !same);
    }

    private static boolean vain(Service asked, Behind behind, Ignored ignored, boolean noted) {
        return switch (ignored) {
            case NONE -> false;
            case UNANSWERED -> behind.unanswered(asked) || noted && !behind.answered(asked);
            case ALL_BUT_ANSWERED -> !behind.answered(asked);
        };
    }

    /** Whether it has somebody be ignored, and isn't alone about what was. */
    public boolean ignores() {
        return set.containsValue(Policy.IGNORED) && !note.isEmpty();
    }

    /** A strategic merge patch: of a webhook that isn't named nothing changes. It doesn't fit another version. */
    public String patch() {
        Map<String, Object> annotations = new HashMap<>();
        annotations.put(Annotations.WEBHOOKS_AS_WRITTEN, note.isEmpty() ? null : WebhookNote.text(note));
        List<? extends Map<String, Object>> webhooks = set.entrySet().stream()
                .map(webhook -> new TreeMap<String, Object>(Map.of(
                        "name",
                        webhook.getKey(),
                        "failurePolicy",
                        webhook.getValue().failurePolicy(),
                        "timeoutSeconds",
                        webhook.getValue().timeoutSeconds())))
                .toList();
        Map<String, Object> all = new TreeMap<>();
        all.put("metadata", new TreeMap<>(Map.of("resourceVersion", callout.version(), "annotations", annotations)));
        if (!webhooks.isEmpty()) {
            all.put("webhooks", webhooks);
        }
        return Serialization.asJson(all);
    }

    /** The same configuration afterwards, with no field the operator's. */
    public Callout done(String version) {
        return new Callout(
                callout.kind(),
                callout.name(),
                version,
                false,
                !note.isEmpty(),
                Map.copyOf(note),
                callout.entries().stream()
                        .map(entry -> new Entry(
                                entry.name(), entry.service(), set.getOrDefault(entry.name(), entry.policy())))
                        .toList());
    }
}
