package dev.sandboxcluster.operator.sandbox.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.operator.it.HostCluster;
import dev.sandboxcluster.operator.sandbox.Observation.Available;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Writing into a sandbox, on a real API server in the place of one. */
class WriteProbeIT {

    @RegisterExtension
    static final HostCluster SANDBOX = new HostCluster();

    /** What the API server may have written itself meanwhile, to say that it lives. */
    private static final int OTHERS = 3;

    private TestProber probe;

    @BeforeEach
    void start() {
        probe = new TestProber();
    }

    @AfterEach
    void stop() {
        probe.close();
        SANDBOX.admin().resource(brokenWebhook()).delete();
    }

    @Test
    void whatIsWrittenIsTakenAway() throws IOException {
        assertThat(probe.awaitChange(target())).isInstanceOf(Available.class);

        long before = revision();
        await().atMost(Duration.ofSeconds(30)).until(() -> revision() > before + 6 + OTHERS);
        assertThat(probe.changes).hasSize(1);
        // While it goes on: one that is stopped between writing and taking away leaves it to the next.
        await().untilAsserted(() -> assertThat(leases().withLabel("sandboxcluster.dev/write-probe")
                        .list()
                        .getItems())
                .isEmpty());
    }

    @Test
    void aWebhookThatCannotBeCalledIsNoReasonToDoubtTheStore() throws IOException {
        SANDBOX.admin().resource(brokenWebhook()).create();
        awaitRefusals();

        assertThat(probe.awaitChange(target())).isInstanceOf(Available.class);
        await().during(Duration.ofSeconds(2)).until(() -> probe.changes.size() == 1);
    }

    /** The API server learns of a webhook a moment after it was made. */
    private static void awaitRefusals() {
        Lease any = new LeaseBuilder()
                .withNewMetadata()
                .withGenerateName("any-")
                .endMetadata()
                .build();
        Config impatient = new ConfigBuilder(SANDBOX.admin().getConfiguration())
                .withRequestRetryBackoffLimit(0)
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(impatient).build()) {
            await().untilAsserted(() -> assertThatThrownBy(() -> client.leases()
                            .inNamespace("kube-system")
                            .resource(any)
                            .create())
                    .hasMessageContaining("failed calling webhook"));
        }
    }

    private static NonNamespaceOperation<Lease, LeaseList, Resource<Lease>> leases() {
        return SANDBOX.admin().leases().inNamespace("kube-system");
    }

    private static long revision() {
        return Long.parseLong(leases().list().getMetadata().getResourceVersion());
    }

    private static Target target() throws IOException {
        return TestProber.target(SANDBOX.admin().getConfiguration(), true);
    }

    private static ValidatingWebhookConfiguration brokenWebhook() {
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("broken")
                .endMetadata()
                .addNewWebhook()
                .withName("broken.example.com")
                .withAdmissionReviewVersions("v1")
                .withSideEffects("None")
                .withTimeoutSeconds(1)
                .withNewClientConfig()
                .withUrl("https://127.0.0.1:1/")
                .endClientConfig()
                .addNewRule()
                .withApiGroups("coordination.k8s.io")
                .withApiVersions("*")
                .withOperations("CREATE")
                .withResources("leases")
                .endRule()
                .endWebhook()
                .build();
    }
}
