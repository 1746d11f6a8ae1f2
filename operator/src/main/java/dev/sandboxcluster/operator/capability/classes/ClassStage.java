package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ClassLimits;
import dev.sandboxcluster.api.v1alpha1.ClassStatus;
import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the class of a sandbox, and lets it in, holds it back, or lets it go on. */
public final class ClassStage {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    private final Admissions admissions = new Admissions();
    private final IndexerResourceCache<SandboxCluster> primaries;
    private final boolean readable;

    /**
     * Makes the stage.
     *
     * @param primaries all SandboxClusters
     * @param readable whether the operator may read classes
     */
    public ClassStage(IndexerResourceCache<SandboxCluster> primaries, boolean readable) {
        this.primaries = primaries;
        this.readable = readable;
    }

    /**
     * What the sandbox is by its class. One request for one that is new and seems to be of none: classes are heard of in
     * another way than SandboxClusters, and what is of none remains so. Another one when it enters a class that is not for
     * all namespaces.
     *
     * @param present whether there is a control plane, with or without a pod
     */
    public Outcome<Classed> run(Round round, SandboxCluster cluster, boolean present) {
        Asking asking = asking(round, cluster, present);
        SandboxClusterSpec spec = asking.spec();
        boolean isNew = !present && round.previous().observedGeneration() == null;
        Optional<List<SandboxClusterClass>> known = Optional.of(readable)
                .filter(allowed -> allowed)
                .map(allowed ->
                        round.host().allCached(SandboxClusterClass.class).toList());
        Optional<List<SandboxClusterClass>> classes = known.map(
                heard -> isNew && ClassChoice.of(spec, asking.ofClass(), known).none()
                        ? round.host().all(SandboxClusterClass.class)
                        : heard);
        ClassChoice choice = ClassChoice.of(spec, asking.ofClass(), classes);
        if (choice.none()) {
            return Outcome.of(Classed.without(spec));
        }
        Optional<Verdict> broken =
                choice.problem().or(() -> choice.found().flatMap(of -> ClassCheck.violations(asking.violations(of))));
        if (asking.settled() || asking.older()) {
            Optional<Verdict> against = broken.or(() -> choice.found()
                    .filter(any -> asking.wished())
                    .flatMap(of -> room(round, cluster, asking, of, classes.orElseThrow())));
            return goOn(asking, choice, against);
        }
        Optional<Verdict> obstacle = broken.or(() -> choice.found().flatMap(of -> namespace(round, asking, of)
                .or(() -> room(round, cluster, asking, of, classes.orElseThrow()))));
        return obstacle.map(problem -> hold(round, asking, problem))
                .orElseGet(() -> in(asking.accepted(choice.found().orElseThrow()), asking));
    }

    /** What a sandbox of a class is whose spec is not to take effect: it ends no later than it did before. */
    public SandboxClusterSpec ending(Round round, SandboxCluster cluster) {
        return ending(round, asking(round, cluster, true));
    }

    private static SandboxClusterSpec ending(Round round, Asking asking) {
        return HeldLifetime.of(
                asking.effective(), asking.created(), round.previous().expiresAt());
    }

    private static Asking asking(Round round, SandboxCluster cluster, boolean present) {
        return new Asking(
                Optional.ofNullable(cluster.getSpec()).orElse(SandboxClusterSpec.EMPTY),
                cluster.getMetadata().getGeneration(),
                Instant.parse(cluster.getMetadata().getCreationTimestamp()),
                round.situation().annotation(Annotations.TAKE_CLASS_DEFAULTS),
                round.previous(),
                present || round.previous().internalEndpoint() != null);
    }

    /** What another operator lets in from now on is read from the status again. */
    public void forgetAll() {
        admissions.forgetAll();
    }

    private static Optional<Verdict> namespace(Round round, Asking asking, SandboxClusterClass of) {
        if (!asking.enters(of) || ClassCheck.selected(of).isEmpty()) {
            return Optional.empty();
        }
        Written<Map<String, String>> labels = HostObjects.attempt(round.host()::namespaceLabels);
        return labels.problem()
                .or(() -> ClassCheck.namespace(
                        of, round.sandbox().namespace(), labels.object().orElseThrow()));
    }

    private Optional<Verdict> room(
            Round round,
            SandboxCluster cluster,
            Asking asking,
            SandboxClusterClass of,
            List<SandboxClusterClass> classes) {
        boolean limited = Optional.ofNullable(of.getSpec().limits())
                .map(ClassLimits::perNamespace)
                .isPresent();
        boolean more = asking.enters(of)
                || asking.ofClass()
                        .map(ClassStatus::memory)
                        .map(Quantity::getNumericalAmount)
                        .filter(memory -> asking.memory(of).getNumericalAmount().compareTo(memory) <= 0)
                        .isEmpty();
        if (!limited || !more) {
            return Optional.empty();
        }
        String namespace = round.sandbox().namespace();
        return admissions
                .admit(cluster, asking, of, () -> inNamespace(namespace), classes)
                .map(obstacle -> ClassCheck.quota(of, namespace, obstacle));
    }

    private List<SandboxCluster> inNamespace(String namespace) {
        return primaries
                .keys()
                .filter(id -> id.getNamespace().filter(namespace::equals).isPresent())
                .flatMap(id -> primaries.get(id).stream())
                .toList();
    }

    private static Outcome<Classed> goOn(Asking asking, ClassChoice choice, Optional<Verdict> broken) {
        Optional<ClassStatus> has = choice.found()
                .map(of -> broken.isEmpty() || asking.ofClass().isEmpty() ? asking.accepted(of) : asking.kept(of))
                .or(asking::ofClass);
        if (broken.isEmpty()) {
            return in(has.orElseThrow(), asking);
        }
        return Outcome.of(new Classed(effective(asking, has), has, false))
                .reporting(ConditionType.AllowedByClass, ClassCheck.goesOn(broken.get(), true));
    }

    private static Outcome<Classed> in(ClassStatus has, Asking asking) {
        return Outcome.of(new Classed(effective(asking, Optional.of(has)), Optional.of(has), false))
                .reporting(ConditionType.AllowedByClass, ClassCheck.allowed(has));
    }

    private static Outcome<Classed> hold(Round round, Asking asking, Verdict problem) {
        SandboxClusterSpec held = asking.running() ? ending(round, asking) : asking.effective();
        Verdict verdict = asking.running() ? ClassCheck.goesOn(problem, false) : problem;
        Verdict ready = asking.running() ? Verdict.unknown(verdict.reason(), verdict.message()) : verdict;
        return Outcome.of(new Classed(held, asking.ofClass(), true))
                .withProblem(Optional.of(ready))
                .reporting(ConditionType.AllowedByClass, verdict)
                .lookingAgain(Optional.of(round.now().plus(waited(round))));
    }

    private static SandboxClusterSpec effective(Asking asking, Optional<ClassStatus> has) {
        return has.map(of -> asking.effective(of.defaults())).orElse(asking.spec());
    }

    /** What is in the way wakes it when it goes, but for labels of namespaces: after as long again, but not too long. */
    private static Duration waited(Round round) {
        Duration waited = Conditions.previous(round.previous().conditions(), ConditionType.AllowedByClass)
                .filter(condition -> condition.getStatus().equals(Verdict.Status.False.name()))
                .map(Condition::getLastTransitionTime)
                .map(since -> Duration.between(Instant.parse(since), round.now()))
                .orElse(Duration.ZERO);
        return waited.compareTo(LONGEST_WAIT) < 0 ? waited : LONGEST_WAIT;
    }
}
