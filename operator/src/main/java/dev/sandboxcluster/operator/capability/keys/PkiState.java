package dev.sandboxcluster.operator.capability.keys;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.InvalidPkiException;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What is to be done about the Secret with the cluster's CAs. */
sealed interface PkiState {

    /** There never was one: make it. */
    record Absent() implements PkiState {}

    /** It is there and in order. */
    record Present(ClusterPki pki) implements PkiState {}

    /** Somebody put it back, right in content: take it over. */
    record Restored(ClusterPki pki) implements PkiState {}

    /** It cannot be used, and must not be replaced. */
    record Unusable(Verdict verdict) implements PkiState {}

    /**
     * Decides; pure.
     *
     * @param secret the Secret of that name, whoever owns it
     * @param owned whether it belongs to this SandboxCluster
     * @param caHash the hash of the CA that was published, or of the cluster on the volume, if there is one
     * @param started whether a control plane was started with an earlier Secret, or a volume holds its objects
     * @param parser reads keys from the Secret's decoded data; throws InvalidPkiException
     */
    static PkiState of(
            Optional<Secret> secret,
            boolean owned,
            Optional<String> caHash,
            boolean started,
            Function<Map<String, String>, ClusterPki> parser) {
        if (secret.isEmpty()) {
            return caHash.isPresent() || started ? new Unusable(missing(caHash)) : new Absent();
        }
        ClusterPki pki;
        try {
            pki = parser.apply(Base64Data.decode(secret.get().getData()));
        } catch (InvalidPkiException invalid) {
            return new Unusable(owned ? invalid(invalid.getMessage()) : conflict(secret.get()));
        }
        boolean published = caHash.filter(hash -> hash.equals(pki.caHash())).isPresent();
        if (!owned) {
            return published ? new Restored(pki) : new Unusable(conflict(secret.get(), pki));
        }
        return published || caHash.isEmpty()
                ? new Present(pki)
                : new Unusable(invalid("its server-ca.crt is another one than the published " + caHash.get()));
    }

    private static Verdict missing(Optional<String> caHash) {
        return Verdict.fails(
                Reason.PKI_SECRET_MISSING,
                "The Secret with the cluster's CA keys was deleted. New keys would lock out everybody who has a"
                        + " kubeconfig, so none are made. Put the Secret back"
                        + caHash.map(hash -> " (SHA-256 of server-ca.crt: " + hash + ")")
                                .orElse("")
                        + ", or delete the SandboxCluster and apply it again. See docs/credentials.md");
    }

    private static Verdict invalid(String what) {
        return Verdict.fails(
                Reason.PKI_SECRET_INVALID,
                "The Secret with the cluster's CA keys was changed: " + what
                        + ". Put its content back, or delete the SandboxCluster and apply it again."
                        + " See docs/credentials.md");
    }

    private static Verdict conflict(Secret secret) {
        return Verdict.fails(Reason.NAME_CONFLICT, conflicting(secret));
    }

    private static Verdict conflict(Secret secret, ClusterPki pki) {
        return Verdict.fails(
                Reason.NAME_CONFLICT,
                conflicting(secret) + ". If it has the keys that this one is to have, annotate the SandboxCluster with "
                        + Annotations.CA_HASH + "=" + pki.caHash());
    }

    private static String conflicting(Secret secret) {
        return "A Secret " + secret.getMetadata().getName()
                + " is there that does not belong to this SandboxCluster; it is left alone."
                + " Rename it or the SandboxCluster, or delete it if nobody needs it";
    }
}
