package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** {@code e2e/demo} on the test bed as on a cluster that somebody uses. */
record Demo(Testbed bed) {

    static final String NAMESPACE = "sandboxcluster-demo";
    static final String SYSTEM = "sandboxcluster-demo-system";
    static final String DEFINITION = "customresourcedefinition/sandboxclusters.sandboxcluster.dev";
    static final String CLASSES = "customresourcedefinition/sandboxclusterclasses.sandboxcluster.dev";
    static final String ROUTES = "customresourcedefinition/sandboxclusterroutes.sandboxcluster.dev";
    static final String RESOURCE_VERSION = ".metadata.resourceVersion";
    private static final Duration LIMIT = Duration.ofMinutes(5);

    Command.Result run(String... words) {
        HostCluster.ControlPlane runs = bed.host().controlPlane();
        return Bed.demo(bed.host().kubeconfig(), words)
                .where("K3S_IMAGE", runs.repository() + ":" + runs.tag())
                .run(LIMIT);
    }

    /** Takes away what a test, or a demo that failed, left. */
    void clear() {
        bed.kubectl("delete", "namespace", NAMESPACE, SYSTEM, "previews", "--ignore-not-found")
                .run()
                .ok();
    }

    /** These objects, with what tells a changed one from what it was. */
    List<String> versions(String... objects) {
        return read(RESOURCE_VERSION, objects).toList();
    }

    Stream<String> read(String version, String... what) {
        String columns = "custom-columns=:.kind,:.metadata.name,:.metadata.uid,:" + version;
        List<String> lines = bed.kubectl("get", "--no-headers", "--output=" + columns)
                .with(what)
                .run()
                .ok()
                .lines()
                .toList();
        assertThat(lines).isNotEmpty();
        return lines.stream();
    }

    /** Those of these objects that there are. */
    List<String> there(String... objects) {
        return bed.kubectl("get")
                .with(objects)
                .with("--ignore-not-found", "--output=name")
                .run()
                .ok()
                .lines()
                .toList();
    }
}
