package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import dev.sandboxcluster.operator.objects.LatestUsed;
import java.time.Duration;
import java.time.Instant;

/**
 * By what the operator itself gets in, whatever becomes of the published kubeconfig: a certificate for each sandbox that
 * exists in memory alone.
 */
final class OperatorCertificates {

    private static final String USER = "system:admin";
    private static final String GROUP = "system:masters";
    private static final Duration LIFETIME = Duration.ofDays(30);
    private static final int REMEMBERED = 10_000;

    /** By the certificate of the CA that signed it. */
    private final LatestUsed<String, Own> known = new LatestUsed<>(REMEMBERED);

    private record Own(KeyPairPem client, Instant renewAt) {}

    /** The same as before, as long as that lasts. */
    KeyPairPem of(KeyPairPem clientCa, Instant now) {
        return known.get(clientCa.certificate())
                .filter(own -> now.isBefore(own.renewAt()))
                .map(Own::client)
                .orElseGet(() -> mint(clientCa, now));
    }

    private KeyPairPem mint(KeyPairPem clientCa, Instant now) {
        KeyPairPem minted = ClientCertificate.mint(clientCa, USER, GROUP, now, LIFETIME);
        known.put(clientCa.certificate(), new Own(minted, ClientCertificatePolicy.renewAt(minted.certificate())));
        return minted;
    }
}
