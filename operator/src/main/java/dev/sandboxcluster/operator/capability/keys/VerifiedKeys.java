package dev.sandboxcluster.operator.capability.keys;

import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.InvalidPkiException;
import dev.sandboxcluster.operator.credentials.Sha256;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Which keys were found to belong together: what did not change is not computed again. */
final class VerifiedKeys {

    private static final int REMEMBERED = 5000;

    private final Map<String, Boolean> hashes = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @throws InvalidPkiException see {@link ClusterPki#parse} */
    ClusterPki parse(Map<String, String> data) {
        String hash = Sha256.hex(new TreeMap<>(data).toString());
        if (isKnown(hash)) {
            return ClusterPki.ofVerified(data);
        }
        ClusterPki pki = ClusterPki.parse(data);
        remember(hash);
        return pki;
    }

    private synchronized boolean isKnown(String hash) {
        return hashes.get(hash) != null;
    }

    private synchronized void remember(String hash) {
        hashes.put(hash, true);
    }
}
