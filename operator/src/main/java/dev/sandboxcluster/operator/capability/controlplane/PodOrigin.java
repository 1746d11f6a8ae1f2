package dev.sandboxcluster.operator.capability.controlplane;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sandboxcluster.api.v1alpha1.Expose;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers;
import dev.sandboxcluster.api.v1alpha1.NodePort;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.Storage;
import dev.sandboxcluster.api.v1alpha1.Workers;
import dev.sandboxcluster.operator.credentials.Sha256;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a control plane's pod is made from, but for the operator: what users wrote, and addresses that the host cluster
 * gave. While it stays the same, the pod stays, whatever another release of the operator would make of it. So it has
 * none of the operator's defaults, and one that says nothing about a field says the same before and after the field was
 * invented.
 *
 * @param spec hash of the fields that the pod is made from, and of the last wish for a restart
 * @param image hash of those that name the image
 * @param addresses that the pod was told; null: not known
 * @param renewedBefore the end of the certificates which it was last started to renew; null: none
 */
public record PodOrigin(
        String spec,
        String image,
        List<String> addresses,
        @JsonInclude(JsonInclude.Include.NON_NULL) String renewedBefore) {

    /** That of a pod about which nothing was written down. */
    static final PodOrigin UNKNOWN = new PodOrigin("", "", null, null);

    /**
     * What the user says.
     *
     * @param restart the last wish for a restart
     */
    public static PodOrigin of(SandboxClusterSpec spec, Optional<String> restart) {
        Map<String, Object> image = new TreeMap<>();
        image.put("version", spec.version());
        image.put(
                "image",
                Optional.ofNullable(spec.controlPlane())
                        .map(controlPlane -> controlPlane.image())
                        .orElse(null));
        Map<String, Object> all = new TreeMap<>(image);
        all.put("restart", restart.orElse(null));
        all.put("controlPlane", spec.controlPlane());
        all.put("network", spec.network());
        all.put(
                "storage",
                Optional.ofNullable(spec.storage()).map(Storage::type).orElse(null));
        all.put("tlsSANs", spec.tlsSANs());
        all.put(
                "hostName",
                Optional.ofNullable(spec.expose())
                        .map(Expose::nodePort)
                        .map(NodePort::hostName)
                        .orElse(null));
        all.put(
                "workers",
                Optional.ofNullable(spec.workers())
                        .map(Workers::external)
                        .filter(external -> Boolean.TRUE.equals(external.enabled()))
                        .map(PodOrigin::bootstrap)
                        .or(() -> Optional.ofNullable(spec.workers())
                                .map(Workers::hosted)
                                .map(any -> ExternalWorkers.Bootstrap.K3sAgent.name()))
                        .orElse(null));
        all.put(
                "simulated",
                Optional.ofNullable(spec.workers())
                        .map(Workers::simulated)
                        .map(any -> true)
                        .orElse(null));
        return new PodOrigin(hash(all), hash(image), null, null);
    }

    /** The same with the addresses that the pod is told. */
    public PodOrigin at(Stream<String> told) {
        return new PodOrigin(spec, image, told.toList(), renewedBefore);
    }

    /** The same, to renew what ends then. */
    PodOrigin renewing(Optional<String> end) {
        return new PodOrigin(spec, image, addresses, end.orElse(null));
    }

    /** Whether a pod of this is what is wanted: one that was told more addresses and names is. */
    boolean satisfies(PodOrigin wanted) {
        return spec.equals(wanted.spec())
                && Objects.equals(renewedBefore, wanted.renewedBefore())
                && (addresses == null || addresses.containsAll(wanted.addresses()));
    }

    /** As it is written down. */
    String text() {
        return Serialization.asJson(this);
    }

    /** What was written down; empty: nothing that can be read. */
    static Optional<PodOrigin> parse(String text) {
        try {
            return Optional.of(Serialization.unmarshal(text, PodOrigin.class));
        } catch (RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    private static String bootstrap(ExternalWorkers external) {
        return Optional.ofNullable(external.bootstrap())
                .orElse(ExternalWorkers.Bootstrap.K3sAgent)
                .name();
    }

    private static String hash(Map<String, Object> fields) {
        return Sha256.hex(
                Serialization.asJson(sorted(Serialization.unmarshal(Serialization.asJson(fields), Map.class))));
    }

    /** One text for what means the same: in order of the names, without what is not set. */
    private static Object sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> kept = new TreeMap<>();
            map.forEach((name, field) -> {
                Object content = sorted(field);
                if (content != null && !Map.of().equals(content)) {
                    kept.put(String.valueOf(name), content);
                }
            });
            return kept;
        }
        return value instanceof List<?> list
                ? Arrays.asList(list.stream().map(PodOrigin::sorted).toArray())
                : value;
    }
}
