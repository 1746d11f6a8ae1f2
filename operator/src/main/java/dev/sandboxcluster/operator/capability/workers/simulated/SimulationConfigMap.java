package dev.sandboxcluster.operator.capability.workers.simulated;

import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.objects.ProgramFile;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.Map;

/** What kwok plays: its configuration, and the stages of each kind of object, {@code kwok.yaml}. It is read once, at a start. */
public final class SimulationConfigMap {

    /** The file's name. */
    static final String FILE = "kwok.yaml";

    /** The name of its volume in the pod. */
    static final String VOLUME = "simulation";

    private static final String CONFIGURATION = ProgramFile.text(SimulationConfigMap.class, FILE);
    private static final int FOR_ALL = 0444;

    private SimulationConfigMap() {}

    /** The ConfigMap; pure. */
    public static ConfigMap desired(Identity sandbox, SimulatedSettings settings) {
        return new ConfigMapBuilder()
                .withMetadata(sandbox.metadata(name(sandbox)))
                .withData(Map.of(FILE, played(settings)))
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
    private static String played(SimulatedSettings settings) {
        String heard = settings.others() ? CONFIGURATION : without("heartbeat", CONFIGURATION);
        return settings.metrics() ? heard : without("metrics", heard);
    }

    private static String without(String section, String all) {
        return all.replaceAll("(?s) *# <" + section + ">.*?# </" + section + ">\n", "");
    }
}
