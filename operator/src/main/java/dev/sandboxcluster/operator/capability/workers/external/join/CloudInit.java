package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.operator.objects.Yaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** User data for cloud-init: the join script, run at the first boot. */
final class CloudInit {

    private CloudInit() {}

    /**
     * The document.
     *
     * @param script the script, gzipped, in base64: some clouds take 16 KiB at most
     */
    static String of(String script) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("path", JoinScript.PATH);
        file.put("owner", "root:root");
        file.put("permissions", "0700");
        file.put("encoding", "gz+b64");
        file.put("content", script);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("write_files", List.of(file));
        document.put("runcmd", List.of(List.of("sh", JoinScript.PATH)));
        return "#cloud-config\n" + Yaml.write(document);
    }
}
