package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassAllow;
import dev.sandboxcluster.api.v1alpha1.ClassDefaults;
import dev.sandboxcluster.api.v1alpha1.ClassLimits;
import dev.sandboxcluster.api.v1alpha1.ControlPlane;
import dev.sandboxcluster.api.v1alpha1.EnvVar;
import dev.sandboxcluster.api.v1alpha1.Expose;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers;
import dev.sandboxcluster.api.v1alpha1.Kubeconfig;
import dev.sandboxcluster.api.v1alpha1.Lifetime;
import dev.sandboxcluster.api.v1alpha1.LoadBalancer;
import dev.sandboxcluster.api.v1alpha1.Outputs;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SimulatedWorkers;
import dev.sandboxcluster.api.v1alpha1.Storage;
import dev.sandboxcluster.api.v1alpha1.Workers;
import dev.sandboxcluster.operator.objects.SpecDuration;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a class allows what a SandboxCluster says; pure. The chart's policy {@code classes.yaml} has the same rules for
 * the host cluster's API, and a test holds both together. What gives power in the host cluster must be as the class's
 * defaults have it, unless the class allows more; the rest is free, or limited by numbers.
 */
final class ClassRules {

    /** Fields that are open or closed as a whole. */
    static final List<String> CLOSED = List.of(
            "controlPlane.affinity",
            "controlPlane.files",
            "controlPlane.imagePullSecrets",
            "controlPlane.nodeSelector",
            "controlPlane.podMetadata",
            "controlPlane.priorityClassName",
            "controlPlane.securityContext",
            "controlPlane.tolerations",
            "controlPlane.topologySpreadConstraints",
            "expose.loadBalancer.sourceRanges",
            "workers.hosted.nodeSelector",
            "workers.hosted.tolerations");

    private final String className;
    private final SandboxClusterSpec spec;
    private final ControlPlane controlPlane;
    private final ClassDefaults defaults;
    private final ControlPlane defaultControlPlane;
    private final ClassAllow allow;
    private final ClassLimits limits;
    private final Instant created;

    private ClassRules(SandboxClusterSpec spec, SandboxClusterClass of, Instant created) {
        className = of.getMetadata().getName();
        this.spec = spec;
        controlPlane = Optional.ofNullable(spec.controlPlane()).orElse(ControlPlane.EMPTY);
        defaults = Optional.ofNullable(of.getSpec().defaults()).orElse(ClassDefaults.EMPTY);
        defaultControlPlane = Optional.ofNullable(defaults.controlPlane()).orElse(ControlPlane.EMPTY);
        allow = Optional.ofNullable(of.getSpec().allow()).orElse(ClassAllow.EMPTY);
        limits = Optional.ofNullable(of.getSpec().limits()).orElse(ClassLimits.EMPTY);
        this.created = created;
    }

    /**
     * What the class does not allow, each as a message that begins with the field; empty: it allows all.
     *
     * @param created when the SandboxCluster was
     */
    static List<String> violations(SandboxClusterSpec spec, SandboxClusterClass of, Instant created) {
        ClassRules rules = new ClassRules(spec, of, created);
        return Stream.of(
                        rules.version(),
                        rules.image(),
                        rules.runtimeClass(),
                        rules.extraArgs(),
                        rules.env(),
                        rules.closed(),
                        rules.storage(),
                        rules.expose(),
                        rules.forOthers(),
                        rules.simulated(),
                        HostedRules.violations(spec, rules.allow, rules.limits),
                        rules.lifetime(),
                        ResourceRules.violations(
                                rules.effective(), rules.controlPlane.resources() != null, rules.limits))
                .flatMap(found -> found)
                .map(rules::named)
                .toList();
    }

    private SandboxClusterSpec effective() {
        return EffectiveSpec.of(spec, defaults);
    }

    private String named(String violation) {
        return "spec." + violation + " (SandboxClusterClass " + className + ")";
    }

    private Stream<String> version() {
        return unless(
                "version",
                spec.version(),
                version -> version.equals(defaults.version()) || isAllowedVersion(version),
                allow.versions());
    }

    private boolean isAllowedVersion(String version) {
        return allow.versions() == null
                || allow.versions().stream()
                        .anyMatch(allowed -> version.equals(allowed) || version.startsWith(allowed + "."));
    }

    private Stream<String> image() {
        return unless(
                "controlPlane.image",
                controlPlane.image(),
                image -> image.equals(defaultControlPlane.image())
                        || orEmpty(allow.images()).stream().anyMatch(allowed -> isAllowedImage(image, allowed)),
                allow.images());
    }

    private boolean isAllowedImage(String image, String allowed) {
        ImageReference wanted = ImageReference.of(image);
        return image.equals(allowed)
                || ImageReference.of(allowed).isRepository()
                        && wanted.repository().equals(allowed)
                        && (wanted.digest().isEmpty() || allow.versions() == null)
                        && wanted.tag().map(this::isAllowedVersion).orElse(true);
    }

    private Stream<String> runtimeClass() {
        String usual =
                Optional.ofNullable(defaultControlPlane.runtimeClassName()).orElse(ControlPlane.DEFAULT_RUNTIME_CLASS);
        return unless(
                "controlPlane.runtimeClassName",
                controlPlane.runtimeClassName(),
                name -> name.equals(usual) || orEmpty(allow.runtimeClassNames()).contains(name),
                allow.runtimeClassNames());
    }

    private Stream<String> extraArgs() {
        List<String> usual = orEmpty(defaultControlPlane.extraArgs());
        Predicate<String> free = argument -> orEmpty(allow.extraArgs()).stream()
                .anyMatch(flag -> argument.equals(flag) || argument.startsWith(flag + "="));
        return difference("controlPlane.extraArgs", controlPlane.extraArgs(), usual, free, allow.extraArgs());
    }

    private Stream<String> env() {
        List<EnvVar> usual = orEmpty(defaultControlPlane.env());
        return difference(
                "controlPlane.env",
                controlPlane.env(),
                usual,
                variable -> orEmpty(allow.env()).contains(variable.name()),
                allow.env());
    }

    private Stream<String> closed() {
        Fields own = Fields.of(spec);
        Fields usual = Fields.of(defaults);
        return CLOSED.stream()
                .filter(path -> own.get(path)
                        .filter(value -> !usual.get(path).equals(Optional.of(value)))
                        .filter(value -> usual.get(path).isPresent() || !isEmpty(value))
                        .isPresent())
                .flatMap(this::unlessOpen);
    }

    private static boolean isEmpty(Object value) {
        return value.equals(List.of()) || value.equals(Map.of());
    }

    private Stream<String> unlessOpen(String path) {
        return orEmpty(allow.fields()).contains(path)
                ? Stream.empty()
                : Stream.of(path + ": must be as in the class's defaults; allow.fields does not name it");
    }

    private Stream<String> storage() {
        Storage own = Optional.ofNullable(spec.storage()).orElse(NO_STORAGE);
        Storage usual = Optional.ofNullable(defaults.storage()).orElse(NO_STORAGE);
        Optional<Storage> volume =
                Optional.ofNullable(effective().storage()).filter(storage -> storage.type() == Storage.Type.Persistent);
        Storage.RetentionPolicy usually =
                Optional.ofNullable(usual.retentionPolicy()).orElse(Storage.RetentionPolicy.Delete);
        return Stream.of(
                        unless(
                                "storage.storageClassName",
                                own.storageClassName(),
                                name -> name.equals(usual.storageClassName())
                                        || orEmpty(allow.storageClassNames()).contains(name),
                                allow.storageClassNames()),
                        Optional.ofNullable(own.retentionPolicy()).filter(policy -> policy != usually).stream()
                                .flatMap(policy -> unlessOpen("storage.retentionPolicy")),
                        volume
                                .map(storage ->
                                        Optional.ofNullable(storage.size()).orElse(Storage.DEFAULT_SIZE))
                                .filter(size -> limits.storageSize() != null
                                        && new Quantity(size)
                                                        .getNumericalAmount()
                                                        .compareTo(
                                                                new Quantity(limits.storageSize()).getNumericalAmount())
                                                > 0)
                                .map(size -> "storage.size: " + size + " is more than " + limits.storageSize())
                                .stream())
                .flatMap(found -> found);
    }

    private static final Storage NO_STORAGE = new Storage(null, null, null, null);
    private static final Expose NO_EXPOSE = new Expose(null, null, null);
    private static final LoadBalancer NO_LOAD_BALANCER = new LoadBalancer(null, null, null, null);

    private Stream<String> expose() {
        Expose own = Optional.ofNullable(spec.expose()).orElse(NO_EXPOSE);
        Expose usual = Optional.ofNullable(defaults.expose()).orElse(NO_EXPOSE);
        Expose.Type usualType = Optional.ofNullable(usual.type()).orElse(Expose.Type.ClusterIP);
        LoadBalancer balancer = Optional.ofNullable(own.loadBalancer()).orElse(NO_LOAD_BALANCER);
        LoadBalancer usualBalancer = Optional.ofNullable(usual.loadBalancer()).orElse(NO_LOAD_BALANCER);
        return Stream.of(
                        unless(
                                "expose.type",
                                own.type(),
                                type -> type == usualType
                                        || orEmpty(allow.exposeTypes()).contains(type),
                                allow.exposeTypes()),
                        unless(
                                "expose.loadBalancer.loadBalancerClass",
                                balancer.loadBalancerClass(),
                                name -> name.equals(usualBalancer.loadBalancerClass())
                                        || orEmpty(allow.loadBalancerClasses()).contains(name),
                                allow.loadBalancerClasses()),
                        difference(
                                "expose.loadBalancer.annotations",
                                entries(balancer.annotations()),
                                orEmpty(entries(usualBalancer.annotations())),
                                annotation ->
                                        orEmpty(allow.loadBalancerAnnotations()).contains(annotation.getKey()),
                                allow.loadBalancerAnnotations()))
                .flatMap(found -> found);
    }

    private static List<Map.Entry<String, String>> entries(Map<String, String> map) {
        return map == null ? null : List.copyOf(map.entrySet());
    }

    /** What others see of it, or join. */
    private Stream<String> forOthers() {
        boolean machines = Optional.ofNullable(spec.workers())
                .map(Workers::external)
                .map(ExternalWorkers::enabled)
                .orElse(false);
        boolean argoCD = Optional.ofNullable(spec.outputs())
                .map(Outputs::argoCD)
                .map(argo -> argo.enabled())
                .orElse(false);
        boolean labels = Optional.ofNullable(spec.kubeconfig())
                .map(Kubeconfig::labels)
                .filter(given -> !given.isEmpty())
                .isPresent();
        return Stream.of(
                        Stream.of("bootstrap")
                                .filter(any -> reads(Fields.of(spec).at("bootstrap"))),
                        Stream.of("workers").filter(any -> machines),
                        Stream.of("outputs.argoCD").filter(any -> argoCD),
                        Stream.of("kubeconfig.labels").filter(any -> labels))
                .flatMap(paths -> paths)
                .flatMap(this::unlessOpen);
    }

    /** Whether anything but the spec itself is brought into the sandbox. */
    private static boolean reads(Fields bootstrap) {
        List<?> manifests = (List<?>) bootstrap.get("manifests").orElse(List.of());
        return !Set.of("manifests").containsAll(bootstrap.values().keySet())
                || manifests.stream().anyMatch(manifest -> !((Map<?, ?>) manifest).containsKey("inline"));
    }

    /** They take memory and CPU of what simulates them, and no power. */
    private Stream<String> simulated() {
        return Optional.ofNullable(spec.workers())
                .map(Workers::simulated)
                .map(SimulatedWorkers::count)
                .filter(count -> limits.maxSimulatedWorkers() != null && count > limits.maxSimulatedWorkers())
                .map(count -> "workers.simulated.count: " + count + " is more than " + limits.maxSimulatedWorkers())
                .stream();
    }

    private Stream<String> lifetime() {
        Optional<Lifetime> own = Optional.ofNullable(spec.lifetime()).filter(any -> limits.ttl() != null);
        return Stream.concat(
                own
                        .map(Lifetime::ttl)
                        .filter(ttl -> SpecDuration.parse(ttl).compareTo(SpecDuration.parse(limits.ttl())) > 0)
                        .map(ttl -> "lifetime.ttl: " + ttl + " is more than " + limits.ttl())
                        .stream(),
                own
                        .map(Lifetime::expiresAt)
                        .filter(end -> OffsetDateTime.parse(end)
                                .toInstant()
                                .isAfter(created.plus(SpecDuration.parse(limits.ttl()))))
                        .map(end -> "lifetime.expiresAt: " + end + " is more than " + limits.ttl()
                                + " after the SandboxCluster's creation")
                        .stream());
    }

    private static <T> Stream<String> unless(String path, T value, Predicate<T> fits, List<?> allowed) {
        return Optional.ofNullable(value).filter(fits.negate()).stream()
                .map(refused -> path + ": " + quoted(refused) + " is not allowed; " + allowed(allowed));
    }

    /** Of lists that take the default's place: also what is missing must be allowed to. */
    private static <T> Stream<String> difference(
            String path, List<T> own, List<T> usual, Predicate<T> free, List<?> allowed) {
        return Optional.ofNullable(own).stream()
                .flatMap(given -> Stream.concat(
                        given.stream().filter(item -> !usual.contains(item)),
                        usual.stream().filter(item -> !given.contains(item))))
                .filter(free.negate())
                .map(item ->
                        path + ": may differ from the class's defaults only in what is allowed; " + allowed(allowed))
                .limit(1);
    }

    private static String quoted(Object value) {
        return value.equals("") ? "\"\"" : value.toString();
    }

    private static String allowed(List<?> allowed) {
        return allowed == null || allowed.isEmpty()
                ? "allowed: only the class's default"
                : "allowed: the class's default, "
                        + allowed.stream().map(ClassRules::quoted).collect(Collectors.joining(", "));
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }
}
