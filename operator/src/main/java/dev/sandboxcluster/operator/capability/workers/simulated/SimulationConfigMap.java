package dev.sandboxcluster.operator.capability.workers.simulated;

import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What kwok plays: its configuration, and the stages of each kind of object, {@code kwok.yaml}. It is read once, at a start. */
public final class SimulationConfigMap {

    /** The file's name. */
    static final String FILE = "kwok.yaml";

    /** The name of its volume in the pod. */
    static final String VOLUME = "simulation";

    private static final String SEPARATOR = "\n---\n";
    private static final String HEARTBEAT = "\n  name: node-heartbeat";
    private static final int FOR_ALL = 0444;

    private SimulationConfigMap() {}

    /** The ConfigMap; pure. */
    public static ConfigMap desired(Identity sandbox, SimulatedSettings settings) {
        return new ConfigMapBuilder()
                .withMetadata(sandbox.metadata(name(sandbox)))
                .withData(Map.of(FILE, settings.others() ? configuration() : withoutHeartbeat(configuration())))
                .build();
    }

    static Volume volume(Identity sandbox) {
        return new VolumeBuilder()
                .withName(VOLUME)
                .withNewConfigMap()
                .withName(name(sandbox))
                .withDefaultMode(FOR_ALL)
                .endConfigMap()
                .build();
    }

    private static String name(Identity sandbox) {
        return sandbox.name() + "-simulation";
    }

    /** Where no node is taken for lost, none has to be heard of. */
    private static String withoutHeartbeat(String all) {
        return Arrays.stream(all.split(SEPARATOR))
                .filter(stage -> stage.indexOf(HEARTBEAT) < 0)
                .collect(Collectors.joining(SEPARATOR));
    }

    private static String configuration() {
        try (InputStream resource = SimulationConfigMap.class.getResourceAsStream(FILE)) {
            return new String(Objects.requireNonNull(resource, FILE).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " is part of this program", e);
        }
    }
}
