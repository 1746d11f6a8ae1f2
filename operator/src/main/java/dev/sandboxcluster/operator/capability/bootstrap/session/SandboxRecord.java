package dev.sandboxcluster.operator.capability.bootstrap.session;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;

/**
 * What was applied in a sandbox, written down in the sandbox itself: what loses the objects loses it, too.
 *
 * @param uid of the ConfigMap; empty: there is none
 * @param applied the hash of what was last applied as a whole; empty: nothing was
 * @param begun whether something was begun since, so that it isn't as it was
 */
record SandboxRecord(Optional<String> uid, Optional<String> applied, boolean begun) {

    static final String NAMESPACE = "kube-system";
    static final String NAME = "sandboxcluster-bootstrap";

    private static final String APPLIED = "applied";
    private static final String APPLYING = "applying";

    /** What is there. */
    static SandboxRecord read(SandboxSession session) {
        SandboxSession.Answer answer =
                ServerSideApply.get(session, "/api/v1/namespaces/" + NAMESPACE + "/configmaps/" + NAME);
        if (answer.code() == HttpURLConnection.HTTP_NOT_FOUND) {
            return new SandboxRecord(Optional.empty(), Optional.empty(), false);
        }
        if (answer.code() != HttpURLConnection.HTTP_OK) {
            throw new KubernetesClientException(ServerSideApply.said(answer, false), answer.code(), null);
        }
        ConfigMap found = Serialization.unmarshal(answer.text(), ConfigMap.class);
        Optional<Map<String, String>> data = Optional.ofNullable(found.getData());
        return new SandboxRecord(
                Optional.ofNullable(found.getMetadata().getUid()),
                data.map(known -> known.get(APPLIED)),
                data.filter(known -> known.containsKey(APPLYING)).isPresent());
    }

    /** Whether this is what was applied, and nothing else since. */
    boolean says(String hash) {
        return !begun && applied.filter(hash::equals).isPresent();
    }

    /** The object that says that something is being applied, and what was before. */
    ConfigMap applying(String hash) {
        ConfigMap before = desired(Map.of(APPLYING, hash));
        applied.ifPresent(former -> before.getData().put(APPLIED, former));
        return before;
    }

    /** The object that says that something was applied as a whole. */
    static ConfigMap applied(String hash) {
        return desired(Map.of(APPLIED, hash));
    }

    private static ConfigMap desired(Map<String, String> data) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(NAMESPACE)
                .addToLabels(Labels.MANAGED_BY, Labels.OPERATOR)
                .endMetadata()
                .addToData(data)
                .build();
    }
}
