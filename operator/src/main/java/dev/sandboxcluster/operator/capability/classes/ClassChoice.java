package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassStatus;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which class a SandboxCluster is of; pure. The one that it names, or else the one that it was of before, or else the
 * default.
 *
 * @param found with neither this nor a problem, it is of none
 * @param problem why it is of none, though it should be of one
 */
record ClassChoice(Optional<SandboxClusterClass> found, Optional<Verdict> problem) {

    /**
     * The choice.
     *
     * @param before what was reported last
     * @param classes all that there are; empty: the operator can't know
     */
    static ClassChoice of(
            SandboxClusterSpec spec, Optional<ClassStatus> before, Optional<List<SandboxClusterClass>> classes) {
        Optional<String> name = Optional.ofNullable(spec.className()).or(() -> before.map(ClassStatus::name));
        if (classes.isEmpty()) {
            return name.map(wanted -> problem(
                            Reason.CLASS_NOT_READABLE,
                            "The cluster is to be of the SandboxClusterClass " + wanted
                                    + ", and the operator serves chosen namespaces alone, so that it can't read classes."
                                    + " Apply a SandboxCluster without spec.className, or have the chart installed"
                                    + " without watchNamespaces"))
                    .orElse(NONE);
        }
        return name.map(wanted -> named(wanted, classes.get())).orElseGet(() -> usual(classes.get()));
    }

    /** Whether it is of no class, and is to be of none. */
    boolean none() {
        return found.isEmpty() && problem.isEmpty();
    }

    private static final ClassChoice NONE = new ClassChoice(Optional.empty(), Optional.empty());

    private static ClassChoice named(String wanted, List<SandboxClusterClass> classes) {
        return classes.stream()
                .filter(candidate -> candidate.getMetadata().getName().equals(wanted))
                .findFirst()
                .map(ClassChoice::found)
                .orElseGet(() -> problem(
                        Reason.CLASS_NOT_FOUND,
                        "There is no SandboxClusterClass " + wanted
                                + ". Name another in spec.className, or have it created"));
    }

    private static ClassChoice usual(List<SandboxClusterClass> classes) {
        List<SandboxClusterClass> usual = classes.stream()
                .filter(candidate -> Boolean.TRUE.equals(candidate.getSpec().isDefault()))
                .toList();
        if (usual.size() > 1) {
            return problem(
                    Reason.SEVERAL_DEFAULT_CLASSES,
                    "Several SandboxClusterClasses are the default: "
                            + usual.stream()
                                    .map(candidate -> candidate.getMetadata().getName())
                                    .sorted()
                                    .collect(Collectors.joining(", "))
                            + ". Name one in spec.className, or have spec.default of all but one set to false");
        }
        return usual.stream().findFirst().map(ClassChoice::found).orElse(NONE);
    }

    private static ClassChoice found(SandboxClusterClass chosen) {
        return new ClassChoice(Optional.of(chosen), Optional.empty());
    }

    private static ClassChoice problem(String reason, String message) {
        return new ClassChoice(Optional.empty(), Optional.of(Verdict.fails(reason, message)));
    }
}
