package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Publishes the kubeconfigs of those who aren't the sandbox's administrator, and renews them in time. */
public final class AdditionalKubeconfigStage {

    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(15);

    private final Round round;
    private final KubeconfigSettings settings;

    private AdditionalKubeconfigStage(Round round, KubeconfigSettings settings) {
        this.round = round;
        this.settings = settings;
    }

    /** A request for each that isn't as it should be; looks again when the next is to be renewed. */
    public static Outcome<Void> run(Round round, KubeconfigSettings settings, Keys keys, Exposed exposed) {
        AdditionalKubeconfigStage stage = new AdditionalKubeconfigStage(round, settings);
        stage.withdraw();
        List<Written<Secret>> written = keys.pki()
                .flatMap(pki -> exposed.published().flatMap(endpoint -> exposed.internal()
                        .map(internal -> stage.publish(pki, endpoint, internal))))
                .orElse(List.of());
        Optional<Verdict> problem =
                written.stream().flatMap(each -> each.problem().stream()).findFirst();
        return Outcome.written(problem)
                .lookingAgain(Stream.concat(
                                problem.map(refused -> round.now().plus(AFTER_REFUSAL)).stream(),
                                written.stream()
                                        .flatMap(each -> each.object().stream())
                                        .flatMap(secret -> KubeconfigSecret.renewAt(secret).stream()))
                        .min(Instant::compareTo));
    }

    private List<Written<Secret>> publish(ClusterPki pki, Endpoint endpoint, Endpoint internal) {
        return settings.additional().stream()
                .map(one -> round.host()
                        .tryApply(
                                KubeconfigSecret.additional(
                                        round.sandbox(),
                                        one,
                                        endpoint,
                                        internal,
                                        pki.serverCaCertificate(),
                                        client(one, pki)),
                                left -> false))
                .toList();
    }

    /** Empties those that it no longer wants: the operator has no right to delete Secrets. */
    private void withdraw() {
        Set<String> wanted = settings.additional().stream()
                .map(KubeconfigSettings.Additional::name)
                .collect(Collectors.toSet());
        round.host()
                .allOwned(Secret.class)
                .flatMap(secret -> name(secret).stream()
                        .filter(name -> !wanted.contains(name))
                        .map(name -> KubeconfigSecret.withdrawn(
                                round.sandbox(), secret.getMetadata().getName(), name)))
                .toList()
                .forEach(round.host()::apply);
    }

    private KeyPairPem client(KubeconfigSettings.Additional wanted, ClusterPki pki) {
        ClientCertificatePolicy policy =
                new ClientCertificatePolicy(pki.clientCa().certificate(), wanted.user(), wanted.groups());
        Instant longest = round.now().plus(wanted.lifetime());
        return round.host()
                .cached(Secret.class, wanted.secretName())
                .filter(round.host()::owns)
                .flatMap(secret -> KubeconfigSecret.usable(secret, policy, round.now()))
                // One that was made for a longer life than is wanted now.
                .filter(present -> ClientCertificatePolicy.endOf(present.certificate())
                        .filter(end -> !end.isAfter(longest))
                        .isPresent())
                .orElseGet(() -> ClientCertificate.mint(
                        pki.clientCa(), wanted.user(), wanted.groups(), round.now(), wanted.lifetime()));
    }

    private static Optional<String> name(Secret secret) {
        return Optional.ofNullable(secret.getMetadata().getLabels()).map(labels -> labels.get(Labels.KUBECONFIG));
    }
}
