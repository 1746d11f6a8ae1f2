package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassDefaults;
import dev.sandboxcluster.api.v1alpha1.Lifetime;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a SandboxCluster is to be: what it says itself, and its class's defaults for the rest; pure. In
 * {@code controlPlane} each field is a default by itself; so in {@code storage} and {@code expose}, where both have the
 * same type, so that nothing of two types comes together. In {@code lifetime} the end is one as a whole.
 */
final class EffectiveSpec {

    /** Of a lifetime: when it ends by itself, and how. */
    private static final Set<String> END = Set.of("ttl", "expiresAt", "expirationPolicy");

    private EffectiveSpec() {}

    /** The spec with the defaults. */
    static SandboxClusterSpec of(SandboxClusterSpec spec, ClassDefaults defaults) {
        if (defaults.equals(ClassDefaults.EMPTY)) {
            return spec;
        }
        Fields own = Fields.of(spec);
        Fields given = Fields.of(defaults);
        return own.or(given)
                .with("controlPlane", own.at("controlPlane").or(given.at("controlPlane")))
                .with("storage", ofSameType(own.at("storage"), given.at("storage")))
                .with("expose", expose(own.at("expose"), given.at("expose")))
                .with("lifetime", lifetime(own, given.at("lifetime")))
                .as(SandboxClusterSpec.class);
    }

    /** Paths of the fields in which two specs differ that come of different defaults; in order. */
    static List<String> differences(SandboxClusterSpec one, SandboxClusterSpec other) {
        Fields before = Fields.of(one);
        Fields after = Fields.of(other);
        return Stream.concat(
                        names(before, after),
                        names(before.at("controlPlane"), after.at("controlPlane"))
                                .map("controlPlane."::concat))
                .filter(path -> !path.equals("controlPlane"))
                .filter(path -> !Objects.equals(before.get(path), after.get(path)))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .toList();
    }

    private static Stream<String> names(Fields one, Fields other) {
        return Stream.of(one, other)
                .map(Fields::values)
                .map(values -> values.keySet())
                .flatMap(Set::stream);
    }

    private static Fields ofSameType(Fields own, Fields given) {
        return own.get("type").isEmpty() || own.get("type").equals(given.get("type")) ? own.or(given) : own;
    }

    private static Fields expose(Fields own, Fields given) {
        Fields both = ofSameType(own, given);
        return Stream.of("nodePort", "loadBalancer")
                .filter(block -> both.get("type").equals(given.get("type")))
                .reduce(
                        both,
                        (fields, block) -> fields.with(block, own.at(block).or(given.at(block))),
                        (first, second) -> second);
    }

    /** What is protected from being deleted is stopped when its time is over. */
    private static Fields lifetime(Fields own, Fields given) {
        Fields wanted = own.at("lifetime");
        boolean ends = END.stream().anyMatch(field -> wanted.get(field).isPresent());
        Fields lacking = given.without(ends ? END : Set.of());
        if (own.get("deletionProtection").filter(Boolean.TRUE::equals).isEmpty()) {
            return wanted.or(lacking);
        }
        Fields kept = lacking.without(Set.of("deleteAfterIdle"));
        return wanted.or(
                kept.get("ttl").isPresent()
                        ? Fields.of(new Lifetime(null, null, Lifetime.ExpirationPolicy.Suspend, null, null, null))
                                .or(kept)
                        : kept);
    }
}
