package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/** The demo on a cluster without an operator. */
@Isolated("the CustomResourceDefinition goes, and all sandboxes with it")
class DemoOperatorIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static final Demo DEMO = new Demo(BED);

    @AfterEach
    void clear() {
        DEMO.clear();
    }

    @Test
    void itsOwnOperatorGoesWithItUnlessItServesOthers() {
        BED.withoutRelease(() -> {
            List<String> before = DEMO.versions(Demo.DEFINITION);
            Command.Result left = DEMO.run();
            assertThat(left.exitCode()).isNotZero();
            assertThat(left.errors())
                    .contains("objects that the demo did not make")
                    .contains("CustomResourceDefinition sandboxclusters.sandboxcluster.dev");
            DEMO.run("--down").ok();
            assertThat(DEMO.versions(Demo.DEFINITION)).isEqualTo(before);
            assertThat(DEMO.there("namespace/" + Demo.NAMESPACE, "namespace/" + Demo.SYSTEM))
                    .isEmpty();

            BED.kubectl("delete", Demo.DEFINITION, Demo.CLASSES, Demo.ROUTES)
                    .run()
                    .ok();
            assertThat(DEMO.run("--operator-image", "sandboxcluster.dev/operator:dev")
                            .ok())
                    .contains("READY=True");
            String elsewhere = BED.namespace("demo");
            Sandbox mine = Sandbox.apply(BED, elsewhere, "mine", "");
            assertThat(DEMO.run("--down").errors()).contains("operator stays", elsewhere + "/mine");
            assertThat(DEMO.there("namespace/" + Demo.NAMESPACE)).isEmpty();
            assertThat(DEMO.there("namespace/" + Demo.SYSTEM, Demo.DEFINITION, Demo.CLASSES, Demo.ROUTES))
                    .hasSize(4);
            BED.kubectl("get", "sandboxcluster", "mine", "--namespace=" + elsewhere)
                    .run()
                    .ok();

            mine.delete();
            DEMO.run("--down").ok();
            assertThat(DEMO.there("namespace/" + Demo.SYSTEM, Demo.DEFINITION, Demo.CLASSES, Demo.ROUTES))
                    .isEmpty();
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
}
