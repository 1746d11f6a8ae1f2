package dev.sandboxcluster.operator.capability.keys;

import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.InvalidPkiException;
import dev.sandboxcluster.operator.credentials.Sha256;
import dev.sandboxcluster.operator.objects.LatestUsed;
import java.util.Map;
import java.util.TreeMap;

/** Which keys were found to belong together: what did not change is not computed again. */
final class VerifiedKeys {

    private static final int REMEMBERED = 5000;

    private final LatestUsed<String, Boolean> hashes = new LatestUsed<>(REMEMBERED);

    /** @throws InvalidPkiException see {@link ClusterPki#parse} */
    ClusterPki parse(Map<String, String> data) {
        String hash = Sha256.hex(new TreeMap<>(data).toString());
        if (hashes.get(hash).isPresent()) {
            return ClusterPki.ofVerified(data);
        }
        ClusterPki pki = ClusterPki.parse(data);
        hashes.put(hash, true);
        return pki;
    }
}
