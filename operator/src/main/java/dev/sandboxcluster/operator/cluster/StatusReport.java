package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ClassStatus;
import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.api.v1alpha1.WorkersStatus;
import dev.sandboxcluster.operator.capability.classes.Classed;
import dev.sandboxcluster.operator.capability.lifetime.Life;
import dev.sandboxcluster.operator.capability.workers.external.WorkersStatusReport;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts together a status from what the stages came to; pure, from scratch every time. */
final class StatusReport {

    /** As the definition has it. */
    private static final int LONGEST_VERSION = 64;

    private StatusReport() {}

    /**
     * The status.
     *
     * @param situation the status as it is, for what outlives a change: times, the pod whose content is known
     */
    static SandboxClusterStatus of(Situation situation, Settings settings, Results results) {
        SandboxClusterStatus previous = situation.previous();
        Verdict ready = ReadyCheck.check(results);
        return new SandboxClusterStatus(
                situation.generation(),
                results.version()
                        .map(version -> version.substring(0, Math.min(version.length(), LONGEST_VERSION)))
                        .or(() -> Optional.ofNullable(previous.version()))
                        .orElse(null),
                settings.controlPlane().defaultImage().orElse(previous.defaultImage()),
                results.exposed().url().orElse(previous.endpoint()),
                settings.exposure().type().internal(situation.sandbox()).url().toString(),
                results.access()
                        .value()
                        .kubeconfig()
                        .map(secret ->
                                new LocalObjectReference(secret.getMetadata().getName()))
                        .orElse(null),
                Optional.ofNullable(previous.caHash())
                        .or(() -> results.keys().pki().map(ClusterPki::caHash))
                        .orElse(null),
                situation.pod().map(present -> present.getMetadata().getUid()).orElse(previous.podUID()),
                results.stored()
                        .claim()
                        .map(claim -> claim.getMetadata().getName())
                        .orElse(previous.volumeClaimName()),
                situation.startedAt().orElse(previous.startedAt()),
                Optional.ofNullable(previous.readyAt())
                        .or(() -> Optional.of(situation
                                        .now()
                                        .truncatedTo(ChronoUnit.SECONDS)
                                        .toString())
                                .filter(first -> ready.met()))
                        .orElse(null),
                results.slept()
                        .value()
                        .lastUsedAt()
                        .map(at -> at.truncatedTo(ChronoUnit.MINUTES).toString())
                        .orElse(previous.lastUsedAt()),
                results.life().value().expiresAt().map(Instant::toString).orElse(null),
                results.renewal().value().expiresAt().map(Instant::toString).orElse(null),
                results.classed().value().status().orElse(null),
                workers(previous, settings, results).orElse(null),
                conditions(situation, ready, results));
    }

    /** Nothing where there are no workers. */
    private static Optional<WorkersStatus> workers(SandboxClusterStatus previous, Settings settings, Results results) {
        WorkersStatus external = results.workers()
                .map(workers -> WorkersStatusReport.of(
                        settings.workers(), workers.value(), Optional.ofNullable(previous.workers())))
                .orElse(WorkersStatus.EMPTY);
        WorkersStatus simulated =
                results.simulated().map(Outcome::value).map(external::with).orElse(external);
        WorkersStatus all =
                results.hosted().map(Outcome::value).map(simulated::with).orElse(simulated);
        return Optional.of(all).filter(any -> !any.equals(WorkersStatus.EMPTY));
    }

    private static List<Condition> conditions(Situation situation, Verdict ready, Results results) {
        Map<ConditionType, Verdict> verdicts = new EnumMap<>(Map.of(ConditionType.Ready, ready));
        results.all().forEach(outcome -> verdicts.putAll(outcome.conditions()));
        Conditions conditions =
                new Conditions(situation.previous().conditions(), situation.generation(), situation.now());
        verdicts.forEach(conditions::add);
        // It says what happened once, and stays.
        if (!verdicts.containsKey(ConditionType.ContentLost)) {
            conditions.keep(ConditionType.ContentLost);
        }
        return conditions.build();
    }

    /** The status after repeated failures of the operator itself. */
    static SandboxClusterStatus failed(SandboxClusterStatus previous, Long generation, String message, Instant now) {
        return inDoubt(previous, generation, Verdict.unknown(Reason.RECONCILE_FAILED, message), now);
    }

    /** The status of what the operator is to leave alone. */
    static SandboxClusterStatus paused(SandboxClusterStatus previous, Long generation, Instant now) {
        return inDoubt(
                previous,
                generation,
                Verdict.unknown(
                        Reason.PAUSED,
                        "The operator does nothing for the cluster, and doesn't look at it, until the annotation "
                                + Annotations.PAUSED + " is removed; the other conditions are as they were before"),
                now);
    }

    /** The status of what has other defaults from now on, before anything is made of them. */
    static SandboxClusterStatus classed(SandboxClusterStatus previous, Classed classed) {
        return kept(
                previous, previous.observedGeneration(), previous.expiresAt(), classed.status(), previous.conditions());
    }

    /**
     * The status of what its class holds back: what is there goes on as it was, and nothing is made of the spec. One that
     * has begun is still about the spec that took effect last.
     */
    static SandboxClusterStatus held(Situation situation, Outcome<Classed> classed, Outcome<Life> life) {
        SandboxClusterStatus previous = situation.previous();
        Map<ConditionType, Verdict> verdicts = new EnumMap<>(ConditionType.class);
        verdicts.put(ConditionType.Ready, classed.problem().orElseThrow());
        verdicts.putAll(classed.conditions());
        verdicts.putAll(life.conditions());
        Conditions conditions = new Conditions(previous.conditions(), situation.generation(), situation.now());
        for (ConditionType type : ConditionType.values()) {
            if (verdicts.containsKey(type)) {
                conditions.add(type, verdicts.get(type));
            } else {
                conditions.keep(type);
            }
        }
        return kept(
                previous,
                previous.internalEndpoint() == null ? situation.generation() : previous.observedGeneration(),
                life.value().expiresAt().map(Instant::toString).orElse(null),
                classed.value().status(),
                conditions.build());
    }

    /** What was known stays, but Ready is in doubt. */
    private static SandboxClusterStatus inDoubt(
            SandboxClusterStatus previous, Long generation, Verdict ready, Instant now) {
        Conditions conditions = new Conditions(previous.conditions(), generation, now).add(ConditionType.Ready, ready);
        ConditionType.others().forEach(conditions::keep);
        return kept(
                previous,
                previous.observedGeneration(),
                previous.expiresAt(),
                Optional.ofNullable(previous.ofClass()),
                conditions.build());
    }

    private static SandboxClusterStatus kept(
            SandboxClusterStatus previous,
            Long observedGeneration,
            String expiresAt,
            Optional<ClassStatus> ofClass,
            List<Condition> conditions) {
        return new SandboxClusterStatus(
                observedGeneration,
                previous.version(),
                previous.defaultImage(),
                previous.endpoint(),
                previous.internalEndpoint(),
                previous.kubeconfigSecret(),
                previous.caHash(),
                previous.podUID(),
                previous.volumeClaimName(),
                previous.startedAt(),
                previous.readyAt(),
                previous.lastUsedAt(),
                expiresAt,
                previous.certificatesExpireAt(),
                ofClass.orElse(null),
                previous.workers(),
                conditions);
    }
}
