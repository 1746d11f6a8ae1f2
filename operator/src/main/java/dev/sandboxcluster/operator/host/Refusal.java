package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import dev.sandboxcluster.operator.verdict.Wording;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Why the host cluster does not take an object, where no retry mends it. */
final class Refusal {

    private static final int UNPROCESSABLE = 422;
    private static final String NODE_PORT_FIELD = "nodePort";
    private static final String NAMESPACES = "namespaces";
    private static final String FAMILIES_FIELD = "spec.ipFamilies";

    private Refusal() {}

    /** The verdict; empty: it may be taken the next time. */
    static Optional<Verdict> of(KubernetesClientException refused) {
        String message = Objects.requireNonNullElse(refused.getMessage(), "");
        return switch (refused.getCode()) {
            case UNPROCESSABLE -> Optional.of(invalid(fields(refused), message));
            case HttpURLConnection.HTTP_FORBIDDEN ->
                Optional.of(
                        Wording.QUOTA_EXCEEDED.isSaidIn(message)
                                ? Verdict.fails(
                                        Reason.QUOTA_EXCEEDED,
                                        "A ResourceQuota of the namespace does not let the operator write what the sandbox"
                                                + " needs. Delete sandboxes that nobody needs, or have the quota raised:"
                                                + " it goes on by itself: " + message)
                                : general(message));
            case HttpURLConnection.HTTP_NOT_FOUND ->
                Optional.of(refused)
                        .map(KubernetesClientException::getStatus)
                        .map(Status::getDetails)
                        .filter(details -> NAMESPACES.equals(details.getKind()))
                        .map(details -> Verdict.fails(
                                Reason.NAMESPACE_NOT_FOUND,
                                "The host cluster has no namespace " + details.getName()
                                        + ". Create it, or name another: it goes on by itself"));
            case HttpURLConnection.HTTP_BAD_REQUEST -> Optional.of(general(message));
            case HttpURLConnection.HTTP_INTERNAL_ERROR ->
                Wording.SERVICE_RANGE_FULL.isSaidIn(message)
                        ? Optional.of(Verdict.fails(
                                Reason.SERVICE_RANGE_FULL,
                                "The host cluster has no address or node port left for another Service. Delete Services or"
                                        + " sandboxes that nobody needs, or have the range made larger: it goes on by"
                                        + " itself: " + message))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /**
     * The verdict on an object of that name which belongs to somebody else.
     *
     * @param left whether nobody owns it and it has this sandbox's labels, but not what shows that it is this sandbox's
     * @param beingDeleted whether that is an earlier SandboxCluster of the same name, so that it will go by itself
     */
    static Verdict nameConflict(HasMetadata object, boolean left, boolean beingDeleted) {
        String what = object.getKind() + " " + object.getMetadata().getName();
        if (beingDeleted) {
            return Verdict.fails(
                    Reason.CREATING,
                    "Waiting until the host cluster has removed the " + what
                            + " of a deleted SandboxCluster of the same name");
        }
        boolean secret = object instanceof Secret;
        return Verdict.fails(
                secret ? Reason.SECRET_CONFLICT : Reason.NAME_CONFLICT,
                left
                        ? "A " + what + " is there that has this SandboxCluster's labels, and not its keys; it is left"
                                + " alone. Delete it: the operator makes another"
                        : "A " + what + " is there that does not belong to this SandboxCluster; it is left"
                                + " alone. Rename it or the SandboxCluster, or delete it if nobody needs it"
                                + (secret ? "; or set kubeconfig.secretName in a new one" : ""));
    }

    private static Verdict general(String message) {
        return Verdict.fails(Reason.HOST_API_REFUSED, "The host cluster refuses an object: " + message);
    }

    private static Verdict invalid(List<String> fields, String message) {
        if (fields.stream().anyMatch(field -> field.endsWith(NODE_PORT_FIELD))) {
            return Verdict.fails(
                    Reason.NODE_PORT_UNAVAILABLE,
                    "The host cluster does not give out expose.nodePort.port; choose another, or none to get a free one: "
                            + message);
        }
        if (fields.stream().anyMatch(field -> field.startsWith(FAMILIES_FIELD))) {
            return Verdict.fails(
                    Reason.IPV4_REQUIRED,
                    "The host cluster has no IPv4 addresses for Services, and k3s needs one; with dual-stack networking it"
                            + " has, whichever family comes first: " + message);
        }
        return general(message);
    }

    private static List<String> fields(KubernetesClientException refused) {
        return Optional.ofNullable(refused.getStatus())
                .map(Status::getDetails)
                .map(StatusDetails::getCauses)
                .orElse(List.of())
                .stream()
                .map(cause -> String.valueOf(cause.getField()))
                .toList();
    }
}
