package dev.sandboxcluster.operator.capability.workers.external.policy;

import dev.sandboxcluster.operator.objects.Times;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A CertificateSigningRequest: what the API server wrote into it about the requester, and its state. */
public record Csr(CertificateSigningRequest object) {

    static final String NODE_USER = "system:node:";
    static final String NODE_GROUP = "system:nodes";

    /** What the API server adds a group's name to, for the tokens of that group. */
    public static final String TOKEN_GROUP_PREFIX = "system:bootstrappers:sandboxcluster:";

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

    /** The group of the token that it was made with, by the groups that the API server gave the requester. */
    public Optional<String> group() {
        return groups().stream()
                .filter(group -> group.startsWith(TOKEN_GROUP_PREFIX))
                .map(group -> group.substring(TOKEN_GROUP_PREFIX.length()))
                .findFirst();
    }

    /** The name of the node that it is about, if it says one. */
    public Optional<String> nodeName() {
        return content().flatMap(Pkcs10::nodeName);
    }

    /** Whether it asks for what makes a machine the node of a name. */
    public boolean isForClient() {
        return ClientCsrPolicy.SIGNER.equals(object.getSpec().getSignerName());
    }

    /** The name of the node that the requester is, if it is one. */
    Optional<String> node() {
        return suffix(NODE_USER);
    }

    Optional<Pkcs10> content() {
        return Optional.ofNullable(object.getSpec().getRequest()).flatMap(Pkcs10::read);
    }

    Optional<Instant> created() {
        return Times.of(object.getMetadata().getCreationTimestamp());
    }

    /** When it was approved; far in the future if it was at a time that nobody can read. */
    Optional<Instant> approved() {
        return conditions()
                .filter(condition -> condition.getType().equals("Approved"))
                .map(condition -> Times.of(condition.getLastUpdateTime()).orElse(Instant.MAX))
                .findFirst();
    }

    private Stream<CertificateSigningRequestCondition> conditions() {
        return Optional.ofNullable(object.getStatus()).map(CertificateSigningRequestStatus::getConditions).stream()
                .flatMap(List::stream);
    }

    private Optional<String> suffix(String prefix) {
        return user().startsWith(prefix) ? Optional.of(user().substring(prefix.length())) : Optional.empty();
    }
}
