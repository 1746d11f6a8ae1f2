package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Policy;
import dev.sandboxcluster.operator.verdict.Line;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What webhooks were before they were set to be ignored, as text in an annotation: a sandbox's users can write there, too. */
public final class WebhookNote {

    /** How many webhooks of a configuration are noted: the text stays well below what annotations may be. */
    static final int MOST = 100;

    private static final int LONGEST = 64 * 1024;
    private static final int LONGEST_TIMEOUT = 30;

    private WebhookNote() {}

    /** The text. */
    static String text(Map<String, Policy> note) {
        return Serialization.asJson(new TreeMap<>(note));
    }

    /** What the text says that may be; the rest is left out. */
    public static Map<String, Policy> read(String text) {
        if (text == null || text.length() > LONGEST) {
            return Map.of();
        }
        try {
            Map<?, ?> all = Serialization.unmarshal(text, Map.class);
            Map<String, Policy> note = new HashMap<>();
            all.forEach((name, written) -> {
                if (note.size() < MOST
                        && String.valueOf(name).length() <= Line.NAME
                        && written instanceof Map<?, ?> fields
                        && fields.get("failurePolicy") instanceof String policy
                        && fields.get("timeoutSeconds") instanceof Integer timeout
                        && (policy.equals("Fail") || policy.equals("Ignore"))
                        && timeout >= 1
                        && timeout <= LONGEST_TIMEOUT) {
                    note.put(String.valueOf(name), new Policy(policy, timeout));
                }
            });
            return Map.copyOf(note);
        } catch (RuntimeException edited) {
            return Map.of();
        }
    }
}
