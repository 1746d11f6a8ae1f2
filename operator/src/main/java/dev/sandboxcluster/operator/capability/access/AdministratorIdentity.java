package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import dev.sandboxcluster.operator.credentials.Sha256;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who the holder of a published kubeconfig is. Client certificates can't be revoked. But RBAC gives all rights to one
 * group at a time, and a kubeconfig that replaces a leaked one is for another group.
 */
record AdministratorIdentity(String user, String group) {

    private static final String USER = "sandboxcluster:admin";
    private static final String GROUP = "sandboxcluster:admins:";
    private static final String FIRST = "first";
    private static final int EPOCH = 12;
    private static final Duration LIFETIME = Duration.ofDays(365);

    /** Of kubeconfigs that former releases published: RBAC can't take their rights away. They go on until renewed. */
    private static final AdministratorIdentity FORMER = new AdministratorIdentity("system:admin", "system:masters");

    /**
     * That of a kubeconfig which is made anew: the same as that of a lost one, and as before a SandboxCluster was applied
     * again over a retained volume, unless another revocation was wished since.
     *
     * @param revocation the last wish to revoke; empty: none
     */
    static AdministratorIdentity after(Optional<String> revocation) {
        return new AdministratorIdentity(
                USER,
                GROUP
                        + revocation
                                .map(value -> Sha256.hex(value).substring(0, EPOCH))
                                .orElse(FIRST));
    }

    /** That of the kubeconfig in a Secret; empty: none that the operator has made. */
    static Optional<AdministratorIdentity> in(Secret secret) {
        return KubeconfigSecret.certificate(secret)
                .flatMap(ClientCertificate::subject)
                .map(subject -> new AdministratorIdentity(subject.user(), subject.group()))
                .filter(identity -> identity.equals(FORMER)
                        || identity.user().equals(USER) && identity.group().startsWith(GROUP));
    }

    /** Whether the next certificate is to be for it, too. */
    boolean lasts() {
        return !equals(FORMER);
    }

    KeyPairPem mint(KeyPairPem clientCa, Instant now) {
        return ClientCertificate.mint(clientCa, user, group, now, LIFETIME);
    }

    /** The certificate and key in a Secret, if they are this identity's and are to stay. */
    Optional<KeyPairPem> usable(Secret secret, KeyPairPem clientCa, Instant now) {
        return KubeconfigSecret.usable(secret, policy(clientCa), now);
    }

    /**
     * Whether who wrote a Secret was this sandbox's administrator already: only then may it be filled with the
     * administrator's credentials. Its metadata may tell another controller to copy it elsewhere.
     */
    boolean opens(Secret secret, KeyPairPem clientCa, Instant now) {
        return KubeconfigSecret.violation(secret, policy(clientCa), now)
                .filter(found -> !found.onlyOfTime())
                .isEmpty();
    }

    private ClientCertificatePolicy policy(KeyPairPem clientCa) {
        return new ClientCertificatePolicy(clientCa.certificate(), user, group);
    }
}
