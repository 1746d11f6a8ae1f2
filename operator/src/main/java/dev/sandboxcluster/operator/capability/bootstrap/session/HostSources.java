package dev.sandboxcluster.operator.capability.bootstrap.session;

import dev.sandboxcluster.api.v1alpha1.BootstrapManifest;
import dev.sandboxcluster.api.v1alpha1.KeySource;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan;
import dev.sandboxcluster.operator.capability.bootstrap.plan.Bundle;
import dev.sandboxcluster.operator.capability.bootstrap.plan.InvalidManifestException;
import dev.sandboxcluster.operator.capability.bootstrap.plan.ManifestText;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads what a spec names, in the host cluster: one request for each ConfigMap and Secret. */
public final class HostSources {

    private final KubernetesClient host;

    /** @param host as the operator */
    public HostSources(KubernetesClient host) {
        this.host = host;
    }

    /**
     * What there is now.
     *
     * @throws InvalidManifestException if something isn't there, or may not be read
     * @throws HostAwayException if the host cluster doesn't answer
     */
    Bundle read(BootstrapPlan.Wish wish) {
        String namespace = wish.sandbox().namespace();
        List<ManifestText> texts = new ArrayList<>();
        long size = 0;
        for (int i = 0; i < wish.manifests().size(); i++) {
            for (ManifestText text :
                    read("manifests[" + i + "]", wish.manifests().get(i), namespace)) {
                texts.add(text);
                size += text.text().length();
            }
            // What is more than all may be must not come to be there.
            if (size > Bundle.MOST_BYTES) {
                throw Bundle.tooLarge();
            }
        }
        return new Bundle(texts);
    }

    private List<ManifestText> read(String where, BootstrapManifest manifest, String namespace) {
        if (manifest.inline() != null) {
            return List.of(new ManifestText(where, false, manifest.inline()));
        }
        if (manifest.configMap() != null) {
            return texts(
                    where,
                    false,
                    manifest.configMap(),
                    namespace,
                    read(ConfigMap.class, where, manifest.configMap(), namespace)
                            .map(ConfigMap::getData));
        }
        return texts(
                where,
                true,
                manifest.secret(),
                namespace,
                read(Secret.class, where, manifest.secret(), namespace).map(HostSources::decoded));
    }

    private <R extends HasMetadata> Optional<R> read(Class<R> type, String where, KeySource source, String namespace) {
        try {
            R found = host.resources(type)
                    .inNamespace(namespace)
                    .withName(source.name())
                    .get();
            if (found == null) {
                throw notFound(where + ": there is no " + type.getSimpleName() + " " + source.name() + " in namespace "
                        + namespace);
            }
            return Optional.of(found);
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                throw new InvalidManifestException(
                        Reason.HOST_API_REFUSED, where + ": the operator may not read " + refused.getMessage());
            }
            throw new HostAwayException(refused);
        }
    }

    private static List<ManifestText> texts(
            String where, boolean secret, KeySource source, String namespace, Optional<Map<String, String>> data) {
        Map<String, String> values = data.map(TreeMap::new).orElseGet(TreeMap::new);
        String what = (secret ? "Secret " : "ConfigMap ") + source.name() + " in namespace " + namespace;
        if (source.key() == null) {
            if (values.isEmpty()) {
                throw notFound(where + ": " + what + " has no key");
            }
            return values.entrySet().stream()
                    .map(entry -> new ManifestText(where + ", key " + entry.getKey(), secret, entry.getValue()))
                    .toList();
        }
        if (!values.containsKey(source.key())) {
            throw notFound(where + ": " + what + " has no key " + source.key());
        }
        return List.of(new ManifestText(where + ", key " + source.key(), secret, values.get(source.key())));
    }

    private static Map<String, String> decoded(Secret secret) {
        Map<String, String> values = new TreeMap<>();
        Optional.ofNullable(secret.getData())
                .orElse(Map.of())
                .forEach((key, value) ->
                        values.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return values;
    }

    private static InvalidManifestException notFound(String what) {
        return new InvalidManifestException(Reason.BOOTSTRAP_SOURCE_NOT_FOUND, what);
    }
}
