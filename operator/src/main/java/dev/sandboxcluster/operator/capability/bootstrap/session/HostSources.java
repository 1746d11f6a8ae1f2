package dev.sandboxcluster.operator.capability.bootstrap.session;

import dev.sandboxcluster.api.v1alpha1.BootstrapChart;
import dev.sandboxcluster.api.v1alpha1.BootstrapManifest;
import dev.sandboxcluster.api.v1alpha1.KeySource;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.ValuesSource;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan;
import dev.sandboxcluster.operator.capability.bootstrap.plan.Bundle;
import dev.sandboxcluster.operator.capability.bootstrap.plan.Fingerprint;
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
        return new Bundle(texts, charts(wish.charts(), namespace));
    }

    /** What each chart is known again by; of the packed charts no more than one is there at a time. */
    private List<String> charts(List<BootstrapChart> charts, String namespace) {
        List<String> known = new ArrayList<>();
        for (int i = 0; i < charts.size(); i++) {
            BootstrapChart chart = charts.get(i);
            String where = "charts[" + i + "]";
            Fingerprint all = new Fingerprint()
                    .add(chart.name())
                    .add(chart.releaseNamespace())
                    .add(chart.oci())
                    .add(chart.version())
                    .add(chart.values());
            if (chart.oci() == null) {
                all.add(file(where, chart.configMap(), chart.secret(), namespace));
            }
            List<ValuesSource> values = Optional.ofNullable(chart.valuesFrom()).orElse(List.of());
            for (int j = 0; j < values.size(); j++) {
                ValuesSource source = values.get(j);
                all.add(file(where + ".valuesFrom[" + j + "]", source.configMap(), source.secret(), namespace));
            }
            known.add(all.hex());
        }
        return known;
    }

    private byte[] file(String where, KeySource configMap, KeySource secret, String namespace) {
        KeySource source = configMap == null ? secret : configMap;
        Optional<byte[]> content = configMap == null
                ? read(Secret.class, where, secret, namespace)
                        .map(Secret::getData)
                        .map(data -> data.get(secret.key()))
                        .map(Base64.getDecoder()::decode)
                : read(ConfigMap.class, where, configMap, namespace).flatMap(found -> file(found, configMap.key()));
        return content.orElseThrow(() -> notFound(where + ": " + (configMap == null ? "Secret " : "ConfigMap ")
                + source.name() + " in namespace " + namespace + " has no key " + source.key()));
    }

    private static Optional<byte[]> file(ConfigMap found, String key) {
        return Optional.ofNullable(found.getBinaryData())
                .map(data -> data.get(key))
                .map(Base64.getDecoder()::decode)
                .or(() -> Optional.ofNullable(found.getData())
                        .map(data -> data.get(key))
                        .map(text -> text.getBytes(StandardCharsets.UTF_8)));
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
