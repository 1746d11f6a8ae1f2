package dev.sandboxcluster.operator.capability.workers.external.policy;

import dev.sandboxcluster.api.v1alpha1.DenyReason;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What must hold of a node's request for a certificate of either kind, whoever the node is. */
final class FormCheck {

    private FormCheck() {}

    /**
     * The first objection.
     *
     * @param purpose the extended usage that the certificate is for, such as {@code client auth}
     */
    static Optional<Decision> check(Csr csr, Pkcs10 content, String purpose) {
        return key(content)
                .or(() -> signature(content))
                .or(() -> subject(content))
                .or(() -> usages(csr.usages(), purpose));
    }

    static Decision.Deny malformed() {
        return new Decision.Deny(
                DenyReason.REQUEST_MALFORMED,
                "spec.request is not exactly one PEM block with a PKCS#10 request and nothing around it");
    }

    static Optional<Decision> denyIf(boolean refused, String reason, String message) {
        return refused ? Optional.of(new Decision.Deny(reason, message)) : Optional.empty();
    }

    private static Optional<Decision> key(Pkcs10 content) {
        return denyIf(
                !content.hasAcceptedKey(),
                DenyReason.KEY_REFUSED,
                "the key must be RSA of 2048 to 8192 bits, ECDSA on P-256, P-384 or P-521, or Ed25519");
    }

    private static Optional<Decision> signature(Pkcs10 content) {
        return denyIf(
                !content.isSignedByItsKey(),
                DenyReason.REQUEST_MALFORMED,
                "the request is not signed with the key that it is for");
    }

    private static Optional<Decision> subject(Pkcs10 content) {
        return denyIf(
                content.nodeName().isEmpty(),
                DenyReason.SUBJECT_REFUSED,
                "the subject is " + content.subject() + " instead of exactly O=system:nodes,CN=system:node:<name>");
    }

    /** Kubernetes's signer refuses one without {@code digital signature}, after it was approved. */
    private static Optional<Decision> usages(Set<String> asked, String purpose) {
        boolean accepted = asked.containsAll(Set.of("digital signature", purpose))
                && Set.of("digital signature", "key encipherment", purpose).containsAll(asked);
        return denyIf(
                !accepted,
                DenyReason.USAGES_REFUSED,
                "the usages are " + new TreeSet<>(asked) + " instead of digital signature, " + purpose
                        + " and possibly key encipherment");
    }
}
