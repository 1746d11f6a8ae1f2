package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the host cluster lets the operator begin: caches alone would wait for what they may not see, and not say so. */
public final class HostAccess {

    private static final Logger LOG = LoggerFactory.getLogger(HostAccess.class);

    private final KubernetesClient client;
    private final OperatorConfig config;

    /** @param config with the namespaces to serve */
    public HostAccess(KubernetesClient client, OperatorConfig config) {
        this.client = client;
        this.config = config;
    }

    /**
     * Lists one object of each type everywhere. A namespace in which that is refused, as it is in one that was deleted, is
     * left to the others' peace.
     *
     * @throws OperatorException if the API does not answer, the CustomResourceDefinition is missing, or no namespace may be
     *     seen; the message says what to do
     */
    public void check() {
        if (config.clusterWide()) {
            refusal(null).or(() -> refusal(SandboxClusterClass.class, null)).ifPresent(refused -> {
                throw new OperatorException("The ClusterRole of the chart is not in force: " + refused);
            });
            return;
        }
        long served = config.watchNamespaces().stream()
                .filter(namespace -> {
                    Optional<String> refused = refusal(namespace);
                    refused.ifPresent(why -> LOG.warn(
                            "Namespace {} is not served until it is there with the Role of the chart: {}",
                            namespace,
                            why));
                    return refused.isEmpty();
                })
                .count();
        if (served == 0) {
            throw new OperatorException("None of the namespaces " + config.watchNamespaces()
                    + " can be served: they must be there, each with the Role and RoleBinding of the chart");
        }
    }

    /** What is refused in a namespace; null: in all. */
    private Optional<String> refusal(String namespace) {
        return Stream.concat(Stream.of(SandboxCluster.class), HostEventSources.namespacedTypes(config))
                .flatMap(type -> refusal(type, namespace).stream())
                .findFirst();
    }

    private Optional<String> refusal(Class<? extends HasMetadata> type, String namespace) {
        try {
            var all = client.resources(type);
            var some = new ListOptionsBuilder().withLimit(1L).build();
            if (namespace == null) {
                all.inAnyNamespace().list(some);
            } else {
                all.inNamespace(namespace).list(some);
            }
            return Optional.empty();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return Optional.of(words(e));
            }
            throw new OperatorException(
                    (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
                                    ? "The CustomResourceDefinition " + HasMetadata.getFullResourceName(type)
                                            + " is not installed: "
                                    : "The host cluster's API does not answer as it should: ")
                            + words(e),
                    e);
        }
    }

    /** What the API server says, where it says something. */
    private static String words(KubernetesClientException e) {
        return Optional.ofNullable(e.getStatus())
                .map(Status::getMessage)
                .filter(message -> !message.isEmpty())
                .orElse(e.getMessage());
    }
}
