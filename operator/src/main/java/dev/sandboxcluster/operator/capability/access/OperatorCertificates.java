package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

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
    private final Map<String, Own> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Own> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Own(KeyPairPem client, Instant renewAt) {}

    /** The same as before, as long as that lasts. */
    KeyPairPem of(KeyPairPem clientCa, Instant now) {
        Own present = get(clientCa);
        if (present != null && now.isBefore(present.renewAt())) {
            return present.client();
        }
        KeyPairPem minted = ClientCertificate.mint(clientCa, USER, GROUP, now, LIFETIME);
        put(clientCa, new Own(minted, ClientCertificatePolicy.renewAt(minted.certificate())));
        return minted;
    }

    private synchronized Own get(KeyPairPem clientCa) {
        return known.get(clientCa.certificate());
    }

    private synchronized void put(KeyPairPem clientCa, Own own) {
        known.put(clientCa.certificate(), own);
    }
}
