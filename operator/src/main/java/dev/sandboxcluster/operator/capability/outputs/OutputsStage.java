package dev.sandboxcluster.operator.capability.outputs;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Writes what other tools read, from the kubeconfig as it is published, and withdraws what nobody asks for any more. */
public final class OutputsStage {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    private OutputsStage() {}

    /** A request for each that is to change; none, and no look, where nothing is asked for and nothing was. */
    public static Outcome<Void> run(Round round, OutputsSettings settings, Access access) {
        Optional<Condition> reported = Conditions.previous(round.previous().conditions(), ConditionType.OutputsReady);
        if (!settings.any() && reported.isEmpty()) {
            return Outcome.of(null);
        }
        Optional<Verdict> problem = Stream.of(
                        settings.argoCD().flatMap(argo -> argoCD(round, settings, argo, access)),
                        settings.caConfigMap().flatMap(name -> certificateAuthority(round, name, access)),
                        delete(round, settings),
                        withdraw(
                                round,
                                Secret.class,
                                settings.argoCD().map(OutputsSettings.Argo::secretName),
                                secret -> new SecretBuilder()
                                        .withMetadata(round.sandbox().metadata(secret))
                                        .withType("Opaque")
                                        .build()),
                        withdraw(round, ConfigMap.class, settings.caConfigMap(), configMap -> new ConfigMapBuilder()
                                .withMetadata(round.sandbox().metadata(configMap))
                                .build()))
                .flatMap(Optional::stream)
                .findFirst();
        Outcome<Void> outcome = Outcome.<Void>of(null)
                .lookingAgain(problem.map(any -> round.now().plus(stuck(reported, round.now()))));
        return OutputsCheck.check(settings, access.published().isPresent(), problem)
                .map(verdict -> outcome.reporting(ConditionType.OutputsReady, verdict))
                .orElse(outcome);
    }

    /** Nothing tells when what is in the way has gone: after as long again, but not too long. */
    private static Duration stuck(Optional<Condition> reported, Instant now) {
        Duration stuck = reported.filter(condition -> condition.getStatus().equals(Verdict.Status.False.name()))
                .map(condition -> Duration.between(Instant.parse(condition.getLastTransitionTime()), now))
                .orElse(Duration.ZERO);
        return stuck.compareTo(LONGEST_WAIT) < 0 ? stuck : LONGEST_WAIT;
    }

    private static Optional<Verdict> argoCD(
            Round round, OutputsSettings settings, OutputsSettings.Argo argo, Access access) {
        if (!argo.permitted()) {
            return Optional.of(OutputsCheck.notPermitted(argo.namespace(), settings.argoCDNamespaces()));
        }
        return (argo.published() ? access.published() : access.fromPods())
                .map(users -> ArgoCDSecret.desired(round.sandbox(), argo, users))
                .flatMap(secret -> round.host()
                        .tryApply(
                                secret,
                                present -> ForeignSecret.isOf(present, round.sandbox())
                                        || round.host().left(present) && ArgoCDSecret.hasConfigOf(present, secret))
                        .problem())
                .map(refusal -> OutputsCheck.refused(argo, refusal));
    }

    private static Optional<Verdict> certificateAuthority(Round round, String name, Access access) {
        return access.published()
                .map(users -> CertificateAuthorityConfigMap.desired(round.sandbox(), name, users.caCertificate()))
                .flatMap(configMap -> round.host().tryApply(configMap).problem());
    }

    /** Deletes what is not wanted any more in other namespaces, where no owner's end would take it along. */
    private static Optional<Verdict> delete(Round round, OutputsSettings settings) {
        Optional<String> wanted = settings.argoCD().map(OutputsSettings.Argo::namespace);
        return settings.argoCDNamespaces().stream()
                .filter(namespace -> !wanted.equals(Optional.of(namespace)))
                .flatMap(namespace ->
                        round.host().cached(Secret.class, namespace, ForeignSecret.name(round.sandbox())).stream())
                .filter(secret -> ForeignSecret.isOf(secret, round.sandbox()))
                .map(secret -> HostObjects.attempt(() -> round.host().delete(secret)))
                .map(Written::problem)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * Empties what is not wanted any more, and takes away the labels by which others find it: the operator has no right
     * to delete objects.
     */
    private static <R extends HasMetadata> Optional<Verdict> withdraw(
            Round round, Class<R> type, Optional<String> wanted, Function<String, R> withdrawn) {
        return round
                .host()
                .allOwned(type)
                .filter(object -> object.getMetadata().getLabels().containsKey(Labels.OUTPUT))
                .map(object -> object.getMetadata().getName())
                .filter(name -> !wanted.equals(Optional.of(name)))
                .toList()
                .stream()
                .map(name -> HostObjects.attempt(() -> round.host().apply(withdrawn.apply(name))))
                .map(Written::problem)
                .flatMap(Optional::stream)
                .findFirst();
    }
}
