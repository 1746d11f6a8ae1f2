package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ClassStatus;
import dev.sandboxcluster.api.v1alpha1.NamespaceSelector;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The verdicts on {@code AllowedByClass}; pure. */
final class ClassCheck {

    private ClassCheck() {}

    /** Of one that the class allows. */
    static Verdict allowed(ClassStatus has) {
        List<String> outdated = Optional.ofNullable(has.outdated()).orElse(List.of());
        return Verdict.holds(
                Reason.ALLOWED_BY_CLASS,
                "SandboxClusterClass " + has.name() + " allows what the spec says"
                        + (outdated.isEmpty()
                                ? ""
                                : ". It has other defaults now for " + String.join(", ", outdated)
                                        + "; the annotation " + Annotations.TAKE_CLASS_DEFAULTS
                                        + " with another value than before takes them"));
    }

    /** Of one that breaks rules. */
    static Optional<Verdict> violations(List<String> violations) {
        return violations.isEmpty()
                ? Optional.empty()
                : Optional.of(notAllowed(String.join("; ", violations)
                        + ". Correct the spec, name another class in spec.className, or have the class changed"));
    }

    /** Of one whose namespace the class is not for. */
    static Optional<Verdict> namespace(SandboxClusterClass of, String namespace, Map<String, String> labels) {
        Map<String, String> wanted = selected(of);
        return wanted.entrySet().stream().allMatch(label -> label.getValue().equals(labels.get(label.getKey())))
                ? Optional.empty()
                : Optional.of(
                        notAllowed("SandboxClusterClass " + of.getMetadata().getName()
                                + " is not for namespace " + namespace + ": it is for those with the labels " + wanted
                                + ". Name another class in spec.className, or have the namespace labelled"));
    }

    /** The labels of the namespaces that the class is for; empty: all. */
    static Map<String, String> selected(SandboxClusterClass of) {
        return Optional.ofNullable(of.getSpec().namespaceSelector())
                .map(NamespaceSelector::matchLabels)
                .orElse(Map.of());
    }

    /** Of one for which there is no room. */
    static Verdict quota(SandboxClusterClass of, String namespace, String obstacle) {
        return Verdict.fails(
                Reason.CLASS_QUOTA_EXCEEDED,
                "SandboxClusterClass " + of.getMetadata().getName() + ": namespace " + namespace + " " + obstacle
                        + ". Delete what nobody needs, and this goes on by itself");
    }

    /** The same of one that runs, and goes on as it is. */
    static Verdict goesOn(Verdict problem, boolean asIs) {
        return Verdict.fails(
                problem.reason(),
                (asIs
                                ? "The cluster goes on as it is. "
                                : "The cluster goes on, and its spec as it is now doesn't take effect. ")
                        + problem.message());
    }

    private static Verdict notAllowed(String message) {
        return Verdict.fails(Reason.NOT_ALLOWED_BY_CLASS, message);
    }
}
