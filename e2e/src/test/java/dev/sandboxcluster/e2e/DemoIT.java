package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The demo on a cluster that somebody uses: it touches nothing that it didn't make. The test bed is that cluster. */
class DemoIT {

    private static final String NAMESPACE = "sandboxcluster-demo";
    private static final String SYSTEM = "sandboxcluster-demo-system";
    private static final String DEFINITION = "customresourcedefinition/sandboxclusters.sandboxcluster.dev";
    private static final String RESOURCE_VERSION = ".metadata.resourceVersion";
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @RegisterExtension
    static final Testbed BED = new Testbed();

    @AfterEach
    void clear() {
        BED.kubectl("delete", "namespace", NAMESPACE, SYSTEM, "previews", "--ignore-not-found")
                .run()
                .ok();
    }

    @Test
    void anInstalledOperatorIsUsedAsItIs() {
        BED.kubectl("create", "namespace", "previews").run().ok();
        BED.kubectl("label", "namespace", "previews", "pod-security.kubernetes.io/enforce=privileged", "team=a")
                .run()
                .ok();
        List<String> before = somebodyElses();

        Command.Result run = demo();
        assertThat(run.ok())
                .contains(HostCluster.SYSTEM + "/" + HostCluster.RELEASE + " is installed there")
                .contains("READY=True");
        assertThat(somebodyElses()).isEqualTo(before);

        demo("--down").ok();
        assertThat(somebodyElses()).isEqualTo(before);
        assertThat(there("namespace/" + NAMESPACE, "namespace/" + SYSTEM)).isEmpty();
    }

    @Test
    void aNamespaceOfTheDemosNameIsRefused() {
        BED.kubectl("create", "namespace", NAMESPACE).run().ok();
        Sandbox.apply(BED, NAMESPACE, "demo", "");
        List<String> before = versions("namespace/" + NAMESPACE);

        Command.Result run = demo();
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.errors()).contains("namespace \"" + NAMESPACE + "\" that the demo did not make");
        demo("--down").ok();

        assertThat(versions("namespace/" + NAMESPACE)).isEqualTo(before);
        assertThat(there("namespace/" + SYSTEM)).isEmpty();
        BED.kubectl("get", "sandboxcluster", "demo", "--namespace=" + NAMESPACE)
                .run()
                .ok();
    }

    @Test
    void itsOwnOperatorGoesWithItUnlessItServesOthers() {
        BED.withoutRelease(() -> {
            List<String> before = versions(DEFINITION);
            Command.Result left = demo();
            assertThat(left.exitCode()).isNotZero();
            assertThat(left.errors())
                    .contains("objects that the demo did not make")
                    .contains("CustomResourceDefinition sandboxclusters.sandboxcluster.dev");
            demo("--down").ok();
            assertThat(versions(DEFINITION)).isEqualTo(before);
            assertThat(there("namespace/" + NAMESPACE, "namespace/" + SYSTEM)).isEmpty();

            BED.kubectl("delete", DEFINITION).run().ok();
            assertThat(demo("--operator-image", "sandboxcluster.dev/operator:dev")
                            .ok())
                    .contains("READY=True");
            String elsewhere = BED.namespace("demo");
            Sandbox mine = Sandbox.apply(BED, elsewhere, "mine", "");
            assertThat(demo("--down").errors()).contains("operator stays", elsewhere + "/mine");
            assertThat(there("namespace/" + NAMESPACE)).isEmpty();
            assertThat(there("namespace/" + SYSTEM, DEFINITION)).hasSize(2);
            BED.kubectl("get", "sandboxcluster", "mine", "--namespace=" + elsewhere)
                    .run()
                    .ok();

            mine.delete();
            demo("--down").ok();
            assertThat(there("namespace/" + SYSTEM, DEFINITION)).isEmpty();
            assertThat(BED.kubectl(
                                    "get",
                                    "clusterroles,clusterrolebindings",
                                    "--selector=app.kubernetes.io/name=sandboxcluster-operator",
                                    "--output=name")
                            .run()
                            .ok())
                    .isEmpty();
        });
    }

    private static Command.Result demo(String... words) {
        HostCluster.ControlPlane runs = BED.host().controlPlane();
        return Bed.demo(BED.host().kubeconfig(), words)
                .where("K3S_IMAGE", runs.repository() + ":" + runs.tag())
                .run(LIMIT);
    }

    /** What was there before the demo, with everything by which a change would show. */
    private static List<String> somebodyElses() {
        return Stream.concat(
                        versions(
                                "namespace/previews",
                                "namespace/" + HostCluster.SYSTEM,
                                DEFINITION,
                                "clusterrole/" + HostCluster.RELEASE,
                                "clusterrolebinding/" + HostCluster.RELEASE)
                                .stream(),
                        Stream.concat(
                                inSystem("deployments", ".metadata.generation"),
                                inSystem("secrets,serviceaccounts,services", RESOURCE_VERSION)))
                .toList();
    }

    private static Stream<String> inSystem(String kinds, String version) {
        return read(version, kinds, "--namespace=" + HostCluster.SYSTEM);
    }

    private static List<String> versions(String... objects) {
        return read(RESOURCE_VERSION, objects).toList();
    }

    private static Stream<String> read(String version, String... what) {
        String columns = "custom-columns=:.kind,:.metadata.name,:.metadata.uid,:" + version;
        List<String> lines = BED.kubectl("get", "--no-headers", "--output=" + columns)
                .with(what)
                .run()
                .ok()
                .lines()
                .toList();
        assertThat(lines).isNotEmpty();
        return lines.stream();
    }

    private static List<String> there(String... objects) {
        return BED.kubectl("get")
                .with(objects)
                .with("--ignore-not-found", "--output=name")
                .run()
                .ok()
                .lines()
                .toList();
    }
}
