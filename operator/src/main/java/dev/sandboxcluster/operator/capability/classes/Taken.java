package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassDefaults;
import dev.sandboxcluster.api.v1alpha1.ClassLimits;
import dev.sandboxcluster.api.v1alpha1.ControlPlane;
import dev.sandboxcluster.api.v1alpha1.Lifetime;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClassSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which defaults of a class a SandboxCluster takes; pure. */
final class Taken {

    private static final Pattern MINOR = Pattern.compile("^v1\\.([0-9]{1,3})\\.");

    private Taken() {}

    /** Those of one that is new. The longest life that the class allows is the default of those that have none. */
    static ClassDefaults first(SandboxClusterClassSpec of) {
        ClassDefaults given = Optional.ofNullable(of.defaults()).orElse(ClassDefaults.EMPTY);
        Optional<String> longest = Optional.ofNullable(of.limits()).map(ClassLimits::ttl);
        return new ClassDefaults(
                given.version(), given.controlPlane(), given.storage(), given.expose(), lifetime(given, longest));
    }

    private static Lifetime lifetime(ClassDefaults given, Optional<String> longest) {
        Fields own = Fields.of(given.lifetime());
        Fields both = own.or(Fields.of(longest.map(ttl -> new Lifetime(ttl, null, null, null, null, null))
                .orElse(null)));
        return both.values().isEmpty() ? null : both.as(Lifetime.class);
    }

    /**
     * Those of one that is there already. Where its objects are stays, and so does a release that Kubernetes can't change
     * to the class's.
     *
     * @param before those that it has
     * @param running the version that its API server reports; null: not known
     */
    static ClassDefaults later(
            SandboxClusterClassSpec of, SandboxClusterSpec spec, ClassDefaults before, String running) {
        Fields kept = Fields.of(before);
        Fields all = Fields.of(first(of)).with("storage", kept.at("storage"));
        ClassDefaults taken = all.as(ClassDefaults.class);
        return isStep(running, EffectiveSpec.of(spec, taken))
                ? taken
                : all.like(kept, "version")
                        .with("controlPlane", all.at("controlPlane").like(kept.at("controlPlane"), "image"))
                        .as(ClassDefaults.class);
    }

    /**
     * The spec with what it took. A release to which Kubernetes can't go from the one that runs is not the default: whoever
     * takes a newer one out of his spec keeps it.
     *
     * @param running the version that its API server reports; null: not known
     */
    static SandboxClusterSpec effective(SandboxClusterSpec spec, ClassDefaults taken, String running) {
        SandboxClusterSpec effective = EffectiveSpec.of(spec, taken);
        if (isStep(running, effective)) {
            return effective;
        }
        Fields all = Fields.of(taken);
        Fields image = all.at("controlPlane").get("image").stream()
                .map(reference -> ImageReference.of((String) reference).repository())
                .map(repository -> new Fields(Map.of("image", repository)))
                .findFirst()
                .orElse(Fields.of(null));
        return EffectiveSpec.of(
                spec,
                all.like(Fields.of(null), "version")
                        .with("controlPlane", image.or(all.at("controlPlane")))
                        .as(ClassDefaults.class));
    }

    /** Kubernetes supports the same minor version and the next (kubernetes.io/releases/version-skew-policy). */
    private static boolean isStep(String running, SandboxClusterSpec wanted) {
        Optional<String> tag = Optional.ofNullable(wanted.controlPlane())
                .map(ControlPlane::image)
                .flatMap(image -> ImageReference.of(image).tag());
        Optional<Integer> to = tag.flatMap(Taken::minor)
                .or(() -> Optional.ofNullable(wanted.version()).flatMap(Taken::minor));
        Optional<Integer> from = Optional.ofNullable(running).flatMap(Taken::minor);
        return from.flatMap(before -> to.map(after -> after.equals(before) || after.equals(before + 1)))
                .orElse(true);
    }

    private static Optional<Integer> minor(String version) {
        return Optional.of(MINOR.matcher(version)).filter(Matcher::find).map(found -> Integer.valueOf(found.group(1)));
    }
}
