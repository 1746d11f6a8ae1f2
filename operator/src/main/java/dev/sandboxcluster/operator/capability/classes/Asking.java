package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassDefaults;
import dev.sandboxcluster.api.v1alpha1.ClassStatus;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A sandbox that is, or wants to be, of a class; pure.
 *
 * @param generation of the spec
 * @param created when the SandboxCluster was
 * @param wish the value of the annotation by which the class's present defaults are asked for
 * @param before what was reported last
 * @param running whether there is a control plane, or was one
 */
record Asking(
        SandboxClusterSpec spec,
        Long generation,
        Instant created,
        Optional<String> wish,
        SandboxClusterStatus before,
        boolean running) {

    /** What it has of its class; empty: it is of none so far. */
    Optional<ClassStatus> ofClass() {
        return Optional.ofNullable(before.ofClass());
    }

    /** Whether its spec as it is now was allowed before. */
    boolean settled() {
        return ofClass()
                .filter(has -> generation.equals(has.acceptedGeneration()))
                .isPresent();
    }

    /** Whether it was served as it is now before there was a class for it. */
    boolean older() {
        return ofClass().isEmpty() && running && generation.equals(before.observedGeneration());
    }

    /** Whether it would be of the class for the first time. */
    boolean enters(SandboxClusterClass of) {
        return ofClass().filter(has -> has.name().equals(name(of))).isEmpty();
    }

    /** Whether the class's present defaults are asked for. A wish that was taken back is no other wish. */
    boolean wished() {
        return ofClass().isPresent()
                && wish.isPresent()
                && !wish.equals(ofClass().map(ClassStatus::takenFor));
    }

    /** What the class's rules say against it. */
    List<String> violations(SandboxClusterClass of) {
        return ClassRules.violations(spec, of, created);
    }

    /** The spec with what it has of its class. */
    SandboxClusterSpec effective() {
        return effective(defaults());
    }

    /** The spec with these. */
    SandboxClusterSpec effective(ClassDefaults has) {
        return Taken.effective(spec, has, before.version());
    }

    /** How much memory it counts for once it has what it is to have of the class. */
    Quantity memory(SandboxClusterClass of) {
        return ResourceRules.memory(EffectiveSpec.of(spec, wanted(of)));
    }

    /** What it has of the class once the class has allowed it. */
    ClassStatus accepted(SandboxClusterClass of) {
        ClassDefaults wanted = wanted(of);
        return status(
                of,
                takes(of)
                        ? of.getMetadata().getGeneration()
                        : ofClass().map(ClassStatus::generation).orElse(null),
                generation,
                wish.or(() -> ofClass().map(ClassStatus::takenFor)),
                wanted);
    }

    /** The same of one that the class does not allow any more, and that goes on. */
    ClassStatus kept(SandboxClusterClass of) {
        return status(
                of,
                ofClass().map(ClassStatus::generation).orElse(null),
                ofClass().map(ClassStatus::acceptedGeneration).orElse(generation),
                ofClass().map(ClassStatus::takenFor),
                defaults());
    }

    private ClassStatus status(
            SandboxClusterClass of, Long taken, Long accepted, Optional<String> takenFor, ClassDefaults wanted) {
        SandboxClusterSpec now = EffectiveSpec.of(spec, wanted);
        List<String> outdated = EffectiveSpec.differences(
                now, EffectiveSpec.of(spec, Taken.later(of.getSpec(), spec, wanted, before.version())));
        return new ClassStatus(
                name(of),
                taken,
                accepted,
                takenFor.orElse(null),
                ResourceRules.memory(now),
                wanted,
                outdated.isEmpty() ? null : outdated);
    }

    private ClassDefaults wanted(SandboxClusterClass of) {
        if (!takes(of)) {
            return defaults();
        }
        return running ? Taken.later(of.getSpec(), spec, defaults(), before.version()) : Taken.first(of.getSpec());
    }

    private boolean takes(SandboxClusterClass of) {
        return wished() || enters(of) && !older();
    }

    private ClassDefaults defaults() {
        return ofClass().map(ClassStatus::defaults).orElse(ClassDefaults.EMPTY);
    }

    private static String name(SandboxClusterClass of) {
        return of.getMetadata().getName();
    }
}
