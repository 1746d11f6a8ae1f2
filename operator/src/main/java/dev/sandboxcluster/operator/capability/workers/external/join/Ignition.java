package dev.sandboxcluster.operator.capability.workers.external.join;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A configuration for Ignition, specification 3.4: the join script, and a unit that runs it until it succeeded once. */
final class Ignition {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JOINED = "/var/lib/sandboxcluster/joined";
    private static final int OWNER_MAY_RUN = 0700;

    private Ignition() {}

    /**
     * The document.
     *
     * @param script the script, gzipped, in base64
     */
    static String of(JoinParameters p, String script) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("ignition", Map.of("version", "3.4.0"));
        document.put("storage", Map.of("files", List.of(file(script))));
        document.put("systemd", Map.of("units", List.of(unit(p))));
        try {
            return JSON.writeValueAsString(document) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps and texts must have a JSON form", e);
        }
    }

    private static Map<String, Object> file(String script) {
        Map<String, Object> contents = new LinkedHashMap<>();
        contents.put("compression", "gzip");
        contents.put("source", "data:;base64," + script);
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("path", JoinScript.PATH);
        file.put("mode", OWNER_MAY_RUN);
        file.put("overwrite", true);
        file.put("contents", contents);
        return file;
    }

    private static Map<String, Object> unit(JoinParameters p) {
        Map<String, Object> unit = new LinkedHashMap<>();
        unit.put("name", "sandboxcluster-join.service");
        unit.put("enabled", true);
        unit.put("contents", """
                [Unit]
                Description=Join the sandbox %s
                Wants=network-online.target
                After=network-online.target
                ConditionPathExists=!%s

                [Service]
                Type=oneshot
                RemainAfterExit=yes
                ExecStart=/bin/sh %s
                ExecStartPost=/bin/touch %s
                Restart=on-failure
                RestartSec=10

                [Install]
                WantedBy=multi-user.target
                """.formatted(p.clusterName(), JOINED, JoinScript.PATH, JOINED));
        return unit;
    }
}
