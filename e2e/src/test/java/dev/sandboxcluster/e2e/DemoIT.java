package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The demo on a cluster that somebody uses: it touches nothing that it didn't make. The test bed is that cluster. */
class DemoIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static final Demo DEMO = new Demo(BED);

    @AfterEach
    void clear() {
        DEMO.clear();
    }

    @Test
    void anInstalledOperatorIsUsedAsItIs() {
        BED.kubectl("create", "namespace", "previews").run().ok();
        BED.kubectl("label", "namespace", "previews", "pod-security.kubernetes.io/enforce=privileged", "team=a")
                .run()
                .ok();
        List<String> before = somebodyElses();

        Command.Result run = DEMO.run();
        assertThat(run.ok())
                .contains(HostCluster.SYSTEM + "/" + HostCluster.RELEASE + " is installed there")
                .contains("READY=True")
                .contains("kubectl sandbox --namespace " + Demo.NAMESPACE + " shell demo");
        assertThat(somebodyElses()).isEqualTo(before);

        DEMO.run("--down").ok();
        assertThat(somebodyElses()).isEqualTo(before);
        assertThat(DEMO.there("namespace/" + Demo.NAMESPACE, "namespace/" + Demo.SYSTEM))
                .isEmpty();
    }

    @Test
    void aNamespaceOfTheDemosNameIsRefused() {
        BED.kubectl("create", "namespace", Demo.NAMESPACE).run().ok();
        Sandbox.apply(BED, Demo.NAMESPACE, "demo", "");
        List<String> before = DEMO.versions("namespace/" + Demo.NAMESPACE);

        Command.Result run = DEMO.run();
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.errors()).contains("namespace \"" + Demo.NAMESPACE + "\" that the demo did not make");
        DEMO.run("--down").ok();

        assertThat(DEMO.versions("namespace/" + Demo.NAMESPACE)).isEqualTo(before);
        assertThat(DEMO.there("namespace/" + Demo.SYSTEM)).isEmpty();
        BED.kubectl("get", "sandboxcluster", "demo", "--namespace=" + Demo.NAMESPACE)
                .run()
                .ok();
    }

    /** What was there before the demo, with everything by which a change would show. */
    private static List<String> somebodyElses() {
        return Stream.concat(
                        DEMO
                                .versions(
                                        "namespace/previews",
                                        "namespace/" + HostCluster.SYSTEM,
                                        Demo.DEFINITION,
                                        "clusterrole/" + HostCluster.RELEASE,
                                        "clusterrolebinding/" + HostCluster.RELEASE)
                                .stream(),
                        Stream.concat(
                                inSystem("deployments", ".metadata.generation"),
                                inSystem("secrets,serviceaccounts,services", Demo.RESOURCE_VERSION)))
                .toList();
    }

    private static Stream<String> inSystem(String kinds, String version) {
        return DEMO.read(version, kinds, "--namespace=" + HostCluster.SYSTEM);
    }
}
