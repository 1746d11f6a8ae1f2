package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.objects.ProgramFile;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** What the pods start with, {@code start.sh}, and which of them are to join anew. */
public final class HostedConfigMap {

    /** The file's name. */
    static final String SCRIPT = "start.sh";

    /** Of a file with a node's name before it: since when it is to join anew. */
    static final String REJOIN = ".rejoin";

    private static final String TEXT = ProgramFile.text(HostedConfigMap.class, SCRIPT);

    private HostedConfigMap() {}

    /**
     * The ConfigMap; pure.
     *
     * @param rejoin names of nodes, and since when they are to join anew
     */
    public static ConfigMap desired(Identity sandbox, Map<String, Instant> rejoin) {
        Map<String, String> data = new TreeMap<>(Map.of(SCRIPT, TEXT));
        rejoin.forEach((node, since) -> data.put(node + REJOIN, since.toString()));
        return new ConfigMapBuilder()
                .withMetadata(HostedObjects.metadata(sandbox, HostedObjects.name(sandbox)))
                .withData(data)
                .build();
    }
}
