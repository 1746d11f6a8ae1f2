package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.client.Config;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What hosted workers ask of the host cluster before a control plane answers. */
class HostedWorkersIT extends OperatorFixture {

    @Test
    void privilegedPodsHaveToBeAllowed() {
        sandboxes.apply("demo", "workers: {hosted: {count: 1}}");

        assertThat(sandboxes
                        .awaitReason("demo", "HostedWorkersReady", "PrivilegedNotAllowed")
                        .getMessage())
                .contains("workers.hosted.allowPrivileged");
        assertThat(sandboxes.condition("demo", "WorkersPrivileged")).isEmpty();
    }

    @Test
    void theControlPlaneIsStartedForAgentsAndWarnsOfWhatIsAllowed() {
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("HOSTED_WORKERS_PRIVILEGED", "true"));
        sandboxes.apply("demo", "workers: {hosted: {count: 1}}");

        StatefulSet controlPlane = sandboxes.awaitObject(StatefulSet.class, "demo");
        assertThat(Sandboxes.k3s(controlPlane).getArgs())
                .contains("--egress-selector-mode=cluster", "--flannel-backend=vxlan")
                .doesNotContain("--disable-helm-controller");
        sandboxes.awaitReason("demo", "HostedWorkersReady", "ControlPlaneNotRunning");
        sandboxes.awaitReason("demo", "WorkersPrivileged", "PrivilegedPods");
        assertThat(sandboxes.object(StatefulSet.class, "demo-workers").get())
                .as("pods that have nobody to join")
                .isNull();
    }

    @Test
    void whatIsPublishedLeadsNowhereUntilNodesForwardIt() {
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("HOSTED_WORKERS_PRIVILEGED", "true"));
        sandboxes.apply(
                "demo",
                "workers: {hosted: {count: 1, publish: [{name: web, service: {name: shop, port: 80}},"
                        + " {name: lb, type: LoadBalancer, service: {name: shop, port: 80}}]}}");

        Service web = sandboxes.awaitObject(Service.class, "demo-web");
        assertThat(web.getSpec().getSelector())
                .containsOnlyKeys("sandboxcluster.dev/hosted-workers", "sandboxcluster.dev/published");
        assertThat(sandboxes.awaitObject(Service.class, "demo-lb").getSpec().getType())
                .isEqualTo("LoadBalancer");
        sandboxes.awaitReason("demo", "ServicesPublished", "ControlPlaneNotRunning");

        sandboxes.apply("demo", "workers: {hosted: {count: 1}}");
        sandboxes.awaitObject(
                Service.class, "demo-lb", service -> service.getSpec().getType().equals("ClusterIP"));
        await().until(() -> sandboxes.condition("demo", "ServicesPublished").isEmpty());
        assertThat(sandboxes
                        .object(Service.class, "demo-web")
                        .get()
                        .getMetadata()
                        .getUid())
                .isEqualTo(web.getMetadata().getUid());
    }

    @Test
    void anIngressIsMadeWhereItsHostNameIsAllowedAndGoesWithItsPublication() {
        ingressesAreAllowed();
        String host = shop();
        sandboxes.apply("demo", published(host));

        Ingress ingress = sandboxes.awaitObject(Ingress.class, "demo-web");
        assertThat(ingress.getSpec().getIngressClassName()).isEqualTo("nginx");
        assertThat(ingress.getSpec().getRules())
                .extracting(IngressRule::getHost)
                .containsExactly(host);
        assertThat(sandboxes.awaitObject(Service.class, "demo-web").getSpec().getType())
                .isEqualTo("ClusterIP");

        sandboxes.apply("demo", published("shop.others.example.com"));
        assertThat(sandboxes
                        .awaitReason("demo", "ServicesPublished", "HostNameNotAllowed")
                        .getMessage())
                .contains("*." + sandboxes.namespace() + ".example.com");
        await().until(() -> sandboxes.object(Ingress.class, "demo-web").get() == null);

        sandboxes.apply("demo", published(host));
        sandboxes.awaitObject(Ingress.class, "demo-web");
        sandboxes.apply("demo", "workers: {hosted: {count: 1}}");
        await().until(() -> sandboxes.object(Ingress.class, "demo-web").get() == null);
    }

    /** Somebody else may want the name. */
    @Test
    void whatIsNotPublishedAnyMoreGoesAlsoWhileItIsSuspended() {
        ingressesAreAllowed();
        sandboxes.apply("demo", published(shop()));
        sandboxes.awaitObject(Ingress.class, "demo-web");
        sandboxes.apply("demo", "operatingMode: Suspended, " + published(shop()));
        sandboxes.awaitReason("demo", "Ready", "Suspended");
        assertThat(sandboxes.object(Ingress.class, "demo-web").get()).isNotNull();

        sandboxes.apply("demo", "operatingMode: Suspended, workers: {hosted: {count: 1}}");

        await().until(() -> sandboxes.object(Ingress.class, "demo-web").get() == null);
    }

    @Test
    void anIngressControllersWebhookThatIsAwayHoldsUpNothingElse() {
        ingressesAreAllowed();
        ValidatingWebhookConfiguration away = new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("away-" + sandboxes.namespace())
                .endMetadata()
                .addNewWebhook()
                .withName("away.example.com")
                .withAdmissionReviewVersions("v1")
                .withSideEffects("None")
                .withNewNamespaceSelector()
                .addToMatchLabels("kubernetes.io/metadata.name", sandboxes.namespace())
                .endNamespaceSelector()
                .addNewRule()
                .withApiGroups("networking.k8s.io")
                .withApiVersions("v1")
                .withResources("ingresses")
                .withOperations("CREATE", "UPDATE")
                .endRule()
                .withNewClientConfig()
                .withNewService()
                .withNamespace(sandboxes.namespace())
                .withName("nobody")
                .endService()
                .endClientConfig()
                .endWebhook()
                .build();
        HOST.admin().resource(away).create();
        try {
            sandboxes.apply("demo", published(shop()));

            assertThat(sandboxes
                            .awaitReason("demo", "ServicesPublished", "HostAPIRefused")
                            .getMessage())
                    .contains("Ingress demo-web", "failed calling webhook", "is tried again");
            sandboxes.awaitReason("demo", "HostedWorkersReady", "ControlPlaneNotRunning");
        } finally {
            HOST.admin().resource(away).delete();
        }

        await().atMost(Duration.ofSeconds(90))
                .until(() -> sandboxes.object(Ingress.class, "demo-web").get() != null);
    }

    @Test
    void whereNoIngressesAreAllowedItIsSaid() {
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("HOSTED_WORKERS_PRIVILEGED", "true"));
        sandboxes.apply("demo", published("shop.example.com"));

        assertThat(sandboxes
                        .awaitReason("demo", "ServicesPublished", "HostNameNotAllowed")
                        .getMessage())
                .contains("workers.hosted.ingress.hosts");
    }

    /** As the chart has it. */
    private void ingressesAreAllowed() {
        operator.close();
        Config permissions = HOST.anotherOperator(
                HOST.namespace(),
                sandboxes.namespace(),
                "--set-json=workers.hosted.ingress.hosts=[\"*.{namespace}.example.com\"]");
        operator = RunningOperator.start(
                permissions,
                Map.of(
                        "WATCH_NAMESPACES", sandboxes.namespace(),
                        "HOSTED_WORKERS_PRIVILEGED", "true",
                        "HOSTED_WORKERS_INGRESS_HOSTS", "*.{namespace}.example.com",
                        "HOSTED_WORKERS_INGRESS_CLASS", "nginx"));
    }

    private String shop() {
        return "shop." + sandboxes.namespace() + ".example.com";
    }

    private static String published(String host) {
        return "workers: {hosted: {count: 1, publish: [{name: web, service: {name: shop, port: 80}, type: Ingress, ingress:"
                + " {host: " + host + "}}]}}";
    }

    @Test
    void aServiceOfSomebodyElseIsLeftAlone() {
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("HOSTED_WORKERS_PRIVILEGED", "true"));
        sandboxes.apply("demo-web", "");
        Service other = sandboxes.awaitObject(Service.class, "demo-web");
        sandboxes.apply(
                "demo", "workers: {hosted: {count: 1, publish: [{name: web, service: {name: shop, port: 80}}]}}");

        assertThat(sandboxes
                        .awaitReason("demo", "ServicesPublished", "NameConflict")
                        .getMessage())
                .contains("demo-web");
        assertThat(sandboxes.object(Service.class, "demo-web").get().getSpec()).isEqualTo(other.getSpec());
    }

    @Test
    void gvisorIsRefused() {
        sandboxes.apply("demo", "workers: {hosted: {count: 1, runtimeClassName: gvisor}}");

        sandboxes.awaitReason("demo", "HostedWorkersReady", "RuntimeClassUnsuitable");
    }
}
