package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.KubeconfigKeys;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.exposure.ExposureSettings;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.objects.Annotated;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.sandbox.Administrators;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Publishes the kubeconfig as soon as there are keys and a URL, and renews its client certificate in time. Its user has
 * no rights but those that RBAC gives the group of the {@link AdministratorIdentity}, so that they can be withdrawn.
 */
public final class KubeconfigStage {

    private final OperatorCertificates own = new OperatorCertificates();

    /** Two requests at most; looks again when the client certificate is to be renewed. */
    public Outcome<Access> run(
            Round round, KubeconfigSettings settings, ExposureSettings exposure, Outcome<Keys> keys, Exposed exposed) {
        Optional<KeyPairPem> clientCa = keys.value().pki().map(ClusterPki::clientCa);
        Optional<Endpoint> endpoint = exposed.published();
        boolean canBeRenewed = clientCa.isPresent() && endpoint.isPresent();
        Optional<AdministratorIdentity> before = round.host()
                .cached(Secret.class, settings.secretName())
                .filter(round.host()::owns)
                .flatMap(AdministratorIdentity::in);
        Written<Secret> secret = canBeRenewed
                ? publish(
                        round,
                        settings,
                        keys.value().pki().get(),
                        endpoint.get(),
                        exposed.internal().get())
                : left(round, settings);
        Optional<AdministratorIdentity> identity = secret.object().flatMap(AdministratorIdentity::in);
        Optional<SandboxAccess> published = access(secret.object(), endpoint);
        Access access = new Access(
                secret.object(),
                published,
                exposed.internal(),
                published.flatMap(users -> identity.flatMap(known -> clientCa.map(ca -> {
                    KeyPairPem mine = own.of(ca, round.now());
                    return new Administrators(known.group(), users.as(mine.certificate(), mine.privateKey()));
                }))),
                wasRevoking(round) || before.isPresent() && !before.equals(identity));
        return Outcome.of(access)
                .reporting(
                        ConditionType.CredentialsReady,
                        CredentialsCheck.check(
                                keys.problem().or(keys.value()::flaw),
                                secret.problem(),
                                secret.object()
                                        .map(present -> present.getMetadata().getName()),
                                exposure.type().awaited()))
                .lookingAgain(canBeRenewed ? secret.object().flatMap(KubeconfigSecret::renewAt) : Optional.empty());
    }

    /**
     * The same, once it is known what became of the kubeconfigs for others, and what was seen with the administrator's.
     *
     * @param dialled empty: nobody dials
     */
    public static Outcome<Access> look(Outcome<Access> access, Outcome<Void> others, Optional<Observation> dialled) {
        boolean told = dialled.flatMap(Observation::available).isPresent();
        Verdict credentials = access.conditions().get(ConditionType.CredentialsReady);
        Optional<Verdict> flaw = others.problem().or(() -> Optional.of(CredentialsCheck.revoking(dialled.isPresent()))
                .filter(any -> access.value().revoking() && !told));
        return flaw.filter(any -> credentials.met())
                .map(found -> access.reporting(ConditionType.CredentialsReady, found))
                .orElse(access)
                .lookingAgain(Stream.of(access.lookAgain(), others.lookAgain())
                        .flatMap(Optional::stream)
                        .min(Instant::compareTo));
    }

    private static boolean wasRevoking(Round round) {
        return Conditions.previous(round.previous().conditions(), ConditionType.CredentialsReady)
                .filter(condition -> condition.getReason().equals(Reason.REVOKING))
                .isPresent();
    }

    private static Written<Secret> left(Round round, KubeconfigSettings settings) {
        return new Written<>(
                round.host()
                        .cached(Secret.class, settings.secretName())
                        .filter(round.host()::owns)
                        .filter(KubeconfigSecret::isComplete),
                Optional.empty());
    }

    private static Written<Secret> publish(
            Round round, KubeconfigSettings settings, ClusterPki pki, Endpoint endpoint, Endpoint internal) {
        KeyPairPem clientCa = pki.clientCa();
        Optional<String> revocation = round.situation().annotation(Annotations.REVOKE_KUBECONFIG);
        Predicate<Secret> mine = secret -> round.host().left(secret)
                && AdministratorIdentity.in(secret)
                        .filter(identity -> identity.opens(secret, clientCa, round.now()))
                        .isPresent();
        Optional<Secret> kept = round.host()
                .cached(Secret.class, settings.secretName())
                .filter(secret -> round.host().owns(secret) || mine.test(secret))
                .filter(secret -> revocation.isEmpty()
                        || revocation.equals(Annotated.value(secret, Annotations.REVOKE_KUBECONFIG)));
        Optional<AdministratorIdentity> identity = kept.flatMap(AdministratorIdentity::in);
        KeyPairPem client = identity.flatMap(known -> known.usable(kept.get(), clientCa, round.now()))
                .orElseGet(() -> identity.filter(AdministratorIdentity::lasts)
                        .orElseGet(() -> AdministratorIdentity.after(revocation))
                        .mint(clientCa, round.now()));
        return round.host()
                .tryApply(
                        KubeconfigSecret.desired(
                                round.sandbox(),
                                settings,
                                endpoint,
                                internal,
                                pki.serverCaCertificate(),
                                client,
                                revocation),
                        mine);
    }

    private static Optional<SandboxAccess> access(Optional<Secret> kubeconfig, Optional<Endpoint> endpoint) {
        return kubeconfig.flatMap(secret -> endpoint.map(published -> {
            Map<String, String> data = Base64Data.decode(secret.getData());
            return new SandboxAccess(
                    published.url(),
                    published.tlsServerName().orElse(null),
                    data.get(KubeconfigKeys.CA_CERTIFICATE),
                    data.get(KubeconfigKeys.CLIENT_CERTIFICATE),
                    data.get(KubeconfigKeys.CLIENT_KEY));
        }));
    }
}
