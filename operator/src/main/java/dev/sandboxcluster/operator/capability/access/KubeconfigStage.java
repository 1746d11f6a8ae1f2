package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.KubeconfigKeys;
import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.exposure.ExposureSettings;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Publishes the kubeconfig as soon as there are keys and a URL, and renews its client certificate in time. */
public final class KubeconfigStage {

    private static final String ADMIN = "system:admin";
    private static final String ADMIN_GROUP = "system:masters";
    private static final Duration CLIENT_CERTIFICATE_LIFETIME = Duration.ofDays(365);

    private KubeconfigStage() {}

    /** Two requests at most; looks again when the client certificate is to be renewed. */
    public static Outcome<Access> run(
            Round round, KubeconfigSettings settings, ExposureSettings exposure, Outcome<Keys> keys, Exposed exposed) {
        boolean canBeRenewed =
                keys.value().pki().isPresent() && exposed.published().isPresent();
        Written<Secret> secret = publish(round, settings, keys.value().pki(), exposed.published());
        return Outcome.of(access(secret.object(), exposed.published()))
                .reporting(
                        ConditionType.CredentialsReady,
                        CredentialsCheck.check(
                                keys.problem().or(keys.value()::flaw),
                                secret.problem(),
                                secret.object()
                                        .map(present -> present.getMetadata().getName()),
                                exposure.type().awaited()))
                .lookingAgain(canBeRenewed ? secret.object().flatMap(KubeconfigStage::renewAt) : Optional.empty());
    }

    private static Written<Secret> publish(
            Round round, KubeconfigSettings settings, Optional<ClusterPki> pki, Optional<Endpoint> endpoint) {
        Optional<Secret> present = round.host().cached(Secret.class, settings.secretName());
        if (pki.isEmpty() || endpoint.isEmpty()) {
            return new Written<>(
                    present.filter(round.host()::owns).filter(KubeconfigSecret::isComplete), Optional.empty());
        }
        ClientCertificatePolicy policy =
                new ClientCertificatePolicy(pki.get().clientCa().certificate(), ADMIN, ADMIN_GROUP);
        Predicate<Secret> mine = secret -> round.host().left(secret) && opens(secret, policy, round.now());
        KeyPairPem client = clientCertificate(
                present.filter(secret -> round.host().owns(secret) || mine.test(secret)),
                policy,
                pki.get(),
                round.now());
        return round.host()
                .tryApply(
                        KubeconfigSecret.desired(
                                round.sandbox(),
                                settings,
                                endpoint.get(),
                                pki.get().serverCaCertificate(),
                                client),
                        mine);
    }

    /**
     * Whether who wrote a Secret was this sandbox's administrator already: only then may it be filled with the
     * administrator's credentials. Its metadata may tell another controller to copy it elsewhere.
     */
    private static boolean opens(Secret secret, ClientCertificatePolicy policy, Instant now) {
        Map<String, String> data = Base64Data.decode(secret.getData());
        return policy.check(data.get(KubeconfigKeys.CLIENT_CERTIFICATE), data.get(KubeconfigKeys.CLIENT_KEY), now)
                .filter(violation -> !violation.onlyOfTime())
                .isEmpty();
    }

    private static KeyPairPem clientCertificate(
            Optional<Secret> existing, ClientCertificatePolicy policy, ClusterPki pki, Instant now) {
        Map<String, String> data =
                existing.map(Secret::getData).map(Base64Data::decode).orElse(Map.of());
        String certificate = data.get(KubeconfigKeys.CLIENT_CERTIFICATE);
        String key = data.get(KubeconfigKeys.CLIENT_KEY);
        return policy.check(certificate, key, now).isEmpty()
                ? new KeyPairPem(certificate, key)
                : ClientCertificate.mint(pki.clientCa(), ADMIN, ADMIN_GROUP, now, CLIENT_CERTIFICATE_LIFETIME);
    }

    private static Optional<Instant> renewAt(Secret published) {
        return Optional.ofNullable(Base64Data.decode(published.getData()).get(KubeconfigKeys.CLIENT_CERTIFICATE))
                .map(ClientCertificatePolicy::renewAt);
    }

    private static Access access(Optional<Secret> kubeconfig, Optional<Endpoint> endpoint) {
        return new Access(
                kubeconfig,
                kubeconfig.flatMap(secret -> endpoint.map(published -> {
                    Map<String, String> data = Base64Data.decode(secret.getData());
                    return new SandboxAccess(
                            published.url(),
                            published.tlsServerName().orElse(null),
                            data.get(KubeconfigKeys.CA_CERTIFICATE),
                            data.get(KubeconfigKeys.CLIENT_CERTIFICATE),
                            data.get(KubeconfigKeys.CLIENT_KEY));
                })));
    }
}
