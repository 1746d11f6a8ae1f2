package dev.sandboxcluster.operator.capability.keys;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.pod.Contribution;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A sandbox's CAs, keys and token.
 *
 * @param pki empty: there are none that can be used
 * @param flaw why they cannot be used
 */
public record Keys(Optional<ClusterPki> pki, Optional<Verdict> flaw) {

    static final Keys NONE = new Keys(Optional.empty(), Optional.empty());

    private static final String VOLUME = "pki";
    private static final int FOR_ITS_GROUP = 0440;

    static Keys of(PkiState state) {
        if (state instanceof PkiState.Present present) {
            return new Keys(Optional.of(present.pki()), Optional.empty());
        }
        if (state instanceof PkiState.Restored restored) {
            return new Keys(Optional.of(restored.pki()), Optional.empty());
        }
        return new Keys(
                Optional.empty(),
                state instanceof PkiState.Unusable unusable ? Optional.of(unusable.verdict()) : Optional.empty());
    }

    /** Whose the Secret is, if it is somebody else's: then no control plane may be started with it. */
    public Optional<Verdict> conflict() {
        return flaw.filter(verdict -> verdict.reason().equals(Reason.NAME_CONFLICT));
    }

    /**
     * What the pod needs for them. k3s makes directories beside the files it is given, so they are copied from the
     * read-only Secret; {@code -f}, since a copy from an earlier start has the Secret's mode, which forbids writing.
     */
    public static Contribution contribution(Identity sandbox) {
        return Contribution.ofVolume(
                        new VolumeBuilder()
                                .withName(VOLUME)
                                .withNewSecret()
                                .withSecretName(PkiSecret.name(sandbox))
                                .withDefaultMode(FOR_ITS_GROUP)
                                .withItems(files())
                                .endSecret()
                                .build(),
                        K3s.PKI_DIR,
                        true)
                .withPreparation(
                        List.of("mkdir -p " + K3s.TLS_DIR, "cp -rLf " + K3s.PKI_DIR + "/tls/* " + K3s.TLS_DIR + "/"))
                .withArguments(ServerArguments.token());
    }

    private static List<KeyToPath> files() {
        return Stream.concat(
                        Stream.of(new KeyToPath("token", null, "token")),
                        ClusterPki.pathsBelowTls().entrySet().stream()
                                .map(file -> new KeyToPath(file.getKey(), null, "tls/" + file.getValue())))
                .toList();
    }
}
