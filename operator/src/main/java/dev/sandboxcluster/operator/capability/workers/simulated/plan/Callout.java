package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An object of a sandbox by which its API server asks Services.
 *
 * @param version its resourceVersion
 * @param owned whether fields of it are the operator's, by its managedFields
 * @param annotated whether there is a note on it, legible or not, of what it was before the operator changed it
 * @param noted what the note says, by webhook
 * @param entries those that ask a Service, or did when the note was written; one without a name where there is but one
 */
public record Callout(
        Kind kind,
        String name,
        String version,
        boolean owned,
        boolean annotated,
        Map<String, Policy> noted,
        List<Entry> entries) {

    /** The same with no entries but those that are noted. */
    Callout asNoted() {
        return new Callout(
                kind,
                name,
                version,
                owned,
                annotated,
                noted,
                entries.stream()
                        .filter(entry -> noted.containsKey(entry.name()))
                        .toList());
    }

    /** What there is of that kind. */
    public enum Kind {
        ValidatingWebhookConfiguration,
        MutatingWebhookConfiguration,
        APIService,
        CustomResourceDefinition;

        /** Whether it is asked when something is written, and may be done without. */
        public boolean admission() {
            return this == ValidatingWebhookConfiguration || this == MutatingWebhookConfiguration;
        }
    }

    /** The name of a Service. */
    public record Service(String namespace, String name) {

        private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

        /** Empty: there can't be one of that name, which may be null, and may be long. */
        public static Optional<Service> of(String namespace, String name) {
            return namespace != null
                            && name != null
                            && LABEL.matcher(namespace).matches()
                            && LABEL.matcher(name).matches()
                    ? Optional.of(new Service(namespace, name))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return namespace + "/" + name;
        }
    }

    /**
     * What happens when a webhook doesn't answer.
     *
     * @param failurePolicy {@code Fail} or {@code Ignore}
     */
    public record Policy(String failurePolicy, int timeoutSeconds) {

        /** The least that a webhook can be asked. */
        public static final Policy IGNORED = new Policy("Ignore", 1);

        /** Of what isn't asked by a policy. */
        public static final Policy NONE = new Policy("Fail", 0);

        /** Whether a write goes on without the answer. */
        public boolean ignores() {
            return failurePolicy.equals(IGNORED.failurePolicy);
        }

        /** What was written before, but for that in which this is another than the operator's. */
        Policy over(Policy before) {
            return new Policy(
                    ignores() ? before.failurePolicy : failurePolicy,
                    timeoutSeconds == IGNORED.timeoutSeconds ? before.timeoutSeconds : timeoutSeconds);
        }
    }

    /**
     * One question.
     *
     * @param name of the webhook
     * @param service empty: somebody else is asked by now
     */
    public record Entry(String name, Optional<Service> service, Policy policy) {}
}
