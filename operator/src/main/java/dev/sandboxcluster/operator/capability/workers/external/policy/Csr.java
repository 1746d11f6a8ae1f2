package dev.sandboxcluster.operator.capability.workers.external.policy;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestStatus;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A CertificateSigningRequest: what the API server wrote into it about the requester, and its state. */
record Csr(CertificateSigningRequest object) {

    static final String NODE_USER = "system:node:";
    static final String NODE_GROUP = "system:nodes";

    private static final String TOKEN_USER = "system:bootstrap:";
    private static final Set<String> DECIDED = Set.of("Approved", "Denied", "Failed");

    /** Whether it asks this signer and nobody has decided about it. */
    boolean waitsFor(String signer) {
        return signer.equals(object.getSpec().getSignerName())
                && conditions().noneMatch(condition -> DECIDED.contains(condition.getType()));
    }

    String user() {
        return Optional.ofNullable(object.getSpec().getUsername()).orElse("");
    }

    List<String> groups() {
        return Optional.ofNullable(object.getSpec().getGroups()).orElse(List.of());
    }

    Set<String> usages() {
        return Set.copyOf(Optional.ofNullable(object.getSpec().getUsages()).orElse(List.of()));
    }

    /** The id of the bootstrap token that the requester showed, if it was one. */
    Optional<String> token() {
        return suffix(TOKEN_USER);
    }

    /** The name of the node that the requester is, if it is one. */
    Optional<String> node() {
        return suffix(NODE_USER);
    }

    Optional<Pkcs10> content() {
        return Optional.ofNullable(object.getSpec().getRequest()).flatMap(Pkcs10::read);
    }

    Optional<Instant> created() {
        return instant(object.getMetadata().getCreationTimestamp());
    }

    /** When it was approved; far in the future if it was at a time that nobody can read. */
    Optional<Instant> approved() {
        return conditions()
                .filter(condition -> condition.getType().equals("Approved"))
                .map(condition -> instant(condition.getLastUpdateTime()).orElse(Instant.MAX))
                .findFirst();
    }

    private Stream<CertificateSigningRequestCondition> conditions() {
        return Optional.ofNullable(object.getStatus()).map(CertificateSigningRequestStatus::getConditions).stream()
                .flatMap(List::stream);
    }

    private Optional<String> suffix(String prefix) {
        return user().startsWith(prefix) ? Optional.of(user().substring(prefix.length())) : Optional.empty();
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.ofNullable(text).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
