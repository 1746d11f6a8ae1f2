package dev.sandboxcluster.operator.capability.workers.simulated.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport.Effect;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport.Finding;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Ignored;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.NodeTemplate;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationPlan;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationPlan.Wish;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationReport;
import dev.sandboxcluster.operator.it.HostCluster;
import dev.sandboxcluster.operator.sandbox.session.Caretaker;
import dev.sandboxcluster.operator.sandbox.session.Lanes;
import io.fabric8.kubernetes.api.model.APIServiceBuilder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the operator does about webhooks whose pods are simulated, on a real API server in the place of a sandbox. */
class CalloutSessionIT {

    @RegisterExtension
    static final HostCluster SANDBOX = new HostCluster();

    private static final NodeTemplate TEMPLATE =
            new NodeTemplate(Map.of("cpu", new Quantity("8")), Map.of(), List.of(), "amd64", "v1.33.5+k3s1");

    /** It is asked about what nobody writes here. */
    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.callout.example.org}
            spec:
              group: callout.example.org
              scope: Namespaced
              names: {plural: widgets, singular: widget, kind: Widget}
              conversion:
                strategy: Webhook
                webhook:
                  conversionReviewVersions: [v1]
                  clientConfig: {service: {namespace: default, name: hooks}}
              versions:
                - name: v1
                  served: true
                  storage: true
                  schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                - name: v2
                  served: true
                  storage: false
                  schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """;

    private final Lanes lanes = Lanes.open();
    private Caretaker<SimulationPlan, SimulationReport> session;

    @BeforeEach
    void open() {
        session = SimulationSessionIT.caretaker(lanes);
    }

    @AfterEach
    void close() {
        session.stop();
        lanes.close();
        SANDBOX.admin()
                .admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .delete();
        SANDBOX.admin()
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .delete();
        SANDBOX.admin().apiServices().withName("v1.callouts.example.org").delete();
        SANDBOX.admin()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("widgets.callout.example.org")
                .delete();
        SANDBOX.admin()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace("default")
                .withLabel("kubernetes.io/service-name", "hooks")
                .delete();
        SANDBOX.admin().nodes().delete();
        SANDBOX.admin().storage().v1().storageClasses().delete();
    }

    @Test
    void aWebhookIsToldAsSoonAsAllItsPodsAreSimulated() {
        session.follow(plan(1, Ignored.NONE));
        soon(() -> assertThat(callouts().looked()).isTrue());
        webhooks("by-helm", "Fail", 10);
        apiService();
        // A node is made last: what was asked before isn't forgotten.
        soon(() -> assertThat(SANDBOX.admin().nodes().withName("simulated-1").get())
                .isNotNull());
        assertThat(callouts().asked()).isEmpty();

        endpoints("simulated-1");

        // Well before the next look that nothing calls for.
        soon(() -> assertThat(callouts().asked())
                .extracting(Finding::name)
                .containsExactly("by-helm", "v1.callouts.example.org"));
        assertThat(webhook("by-helm", "unanswered.example.org").getFailurePolicy())
                .isEqualTo("Fail");

        endpoints("simulated-1", "machine");
        soon(() -> assertThat(callouts().asked()).isEmpty());
        endpoints("simulated-1", "");
        soon(() -> assertThat(session.latest().looked()).isTrue());
        assertThat(callouts().asked()).isEmpty();
    }

    @Test
    void aggregatedApisConversionAndMutationAreToldToo() {
        endpoints("simulated-1");
        session.follow(plan(1, Ignored.UNANSWERED));
        apiService();
        SANDBOX.admin()
                .resource(Serialization.unmarshal(DEFINITION, CustomResourceDefinition.class))
                .create();
        SANDBOX.admin()
                .resource(new MutatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName("mutating")
                        .endMetadata()
                        .addNewWebhook()
                        .withName("mutating.example.org")
                        .withAdmissionReviewVersions("v1")
                        .withSideEffects("None")
                        .withNewClientConfig()
                        .withNewService()
                        .withNamespace("default")
                        .withName("hooks")
                        .endService()
                        .endClientConfig()
                        .endWebhook()
                        .build())
                .create();

        soon(() -> assertThat(callouts().effects()).containsExactly(Effect.NOT_SERVED, Effect.NOT_CONVERTED));
        soon(() -> assertThat(callouts().ignored()).extracting(Finding::name).containsExactly("mutating"));
        assertThat(callouts().asked())
                .extracting(Finding::name)
                .containsExactly("v1.callouts.example.org", "widgets.callout.example.org");
    }

    @Test
    void itIsIgnoredWhereThatIsWantedAndPutBackWhenItIsNot() {
        webhooks("by-helm", "Fail", 7);
        endpoints("simulated-1");
        session.follow(plan(1, Ignored.UNANSWERED));

        soon(() -> assertIgnored("by-helm"));
        soon(() -> assertThat(callouts().ignored()).extracting(Finding::name).containsExactly("by-helm"));
        assertThat(callouts().asked()).isEmpty();
        assertThat(webhook("by-helm", "answered.example.org"))
                .satisfies(other -> assertThat(other.getFailurePolicy()).isEqualTo("Fail"))
                .satisfies(other -> assertThat(other.getTimeoutSeconds()).isEqualTo(7));

        session.follow(plan(1, Ignored.NONE));
        soon(() -> assertAsWritten("by-helm", "Fail", 7));
        soon(() -> assertThat(callouts().asked()).hasSize(1));

        session.follow(plan(1, Ignored.UNANSWERED));
        soon(() -> assertIgnored("by-helm"));
        endpoints("simulated-1", "machine");
        soon(() -> assertAsWritten("by-helm", "Fail", 7));

        endpoints("simulated-1");
        soon(() -> assertIgnored("by-helm"));
        session.follow(SimulationPlan.withdrawal(SANDBOX.asSandbox(), "1"));
        soon(() -> assertThat(session.latest().withdrawn()).isTrue());
        assertAsWritten("by-helm", "Fail", 7);
    }

    @Test
    void whereAllWorkersAreSimulatedItIsIgnoredBeforeItsPodsAreReady() {
        session.follow(plan(1, Ignored.ALL_BUT_ANSWERED));
        soon(() -> assertThat(callouts().looked()).isTrue());
        webhooks("by-helm", "Fail", 7);
        soon(() -> assertIgnored("by-helm"));
        soon(() -> assertThat(callouts().ignored()).extracting(Finding::name).containsExactly("by-helm"));

        endpoints("machine");
        soon(() -> assertThat(webhook("by-helm", "unanswered.example.org").getFailurePolicy())
                .isEqualTo("Fail"));
    }

    @Test
    void whoIsAnsweredIsNotIgnoredBeforeThereAreNodes() {
        endpoints("machine");
        webhooks("by-helm", "Fail", 7);

        session.follow(plan(0, Ignored.ALL_BUT_ANSWERED));

        soon(() -> assertThat(webhook("by-helm", "answered.example.org").getFailurePolicy())
                .isEqualTo("Ignore"));
        assertThat(webhook("by-helm", "unanswered.example.org").getFailurePolicy())
                .isEqualTo("Fail");
    }

    @Test
    void whoWritesItBackHasNoConflictAndHasItHisWayEverLonger() {
        endpoints("simulated-1");
        session.follow(plan(1, Ignored.UNANSWERED));
        for (int time = 1; time <= 4; time++) {
            // Without force: a conflict would fail here.
            webhooks("by-helm", "Fail", 10);
            soon(() -> assertIgnored("by-helm"));
            soon(() -> assertManagers("by-helm", "helm"));
        }

        soon(() -> assertThat(callouts().writtenBack()).containsExactly("by-helm"));
        webhooks("by-helm", "Fail", 10);
        await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                        webhook("by-helm", "unanswered.example.org").getFailurePolicy())
                .isEqualTo("Fail"));
    }

    @Test
    void whatItOwnsSinceAnOperatorEndedInBetweenIsGivenUp() {
        webhooks("by-helm", "Fail", 10);
        SANDBOX.admin()
                .resource(configuration("by-helm", "Fail", 9))
                .fieldManager(Labels.OPERATOR)
                .forceConflicts()
                .serverSideApply();
        assertManagers("by-helm", "helm", Labels.OPERATOR);

        session.follow(plan(1, Ignored.UNANSWERED));

        soon(() -> assertManagers("by-helm", "helm"));
        webhooks("by-helm", "Fail", 10);
    }

    @Test
    void definitionsThatAreLargeAreGoneThrough() {
        session.follow(plan(1, Ignored.NONE));
        CustomResourceDefinition large = Serialization.unmarshal(DEFINITION, CustomResourceDefinition.class);
        large.getSpec()
                .getVersions()
                .forEach(version -> version.getSchema().getOpenAPIV3Schema().setDescription("a".repeat(600 * 1024)));
        SANDBOX.admin().resource(large).create();
        endpoints("simulated-1");

        soon(() -> assertThat(callouts().asked())
                .extracting(Finding::name)
                .containsExactly("widgets.callout.example.org"));
        assertThat(session.latest().failure()).isEmpty();
    }

    @Test
    void aNamespaceOfAnyLengthIsNobodys() {
        ValidatingWebhookConfiguration large = configuration("large", "Fail", 7);
        large.getWebhooks()
                .forEach(webhook -> webhook.getClientConfig().getService().setNamespace("a".repeat(200 * 1024)));
        SANDBOX.admin().resource(large).create();
        webhooks("by-helm", "Fail", 7);

        session.follow(plan(1, Ignored.ALL_BUT_ANSWERED));

        soon(() -> assertIgnored("by-helm"));
        soon(() -> assertThat(callouts().ignored()).extracting(Finding::name).containsExactly("by-helm"));
        assertThat(webhook("large", "unanswered.example.org").getFailurePolicy())
                .isEqualTo("Fail");
    }

    @Test
    void whatItSetIsPutBackHoweverManyThereAre() {
        endpoints("simulated-1");
        webhooks("z-by-helm", "Fail", 7);
        session.follow(plan(1, Ignored.UNANSWERED));
        soon(() -> assertIgnored("z-by-helm"));
        IntStream.range(0, 101).forEach(number -> webhooks("a-" + number, "Fail", 7));
        // As an earlier operator may have left them.
        IntStream.range(0, 201).forEach(number -> SANDBOX.admin()
                .resource(new ValidatingWebhookConfigurationBuilder(configuration("b-" + number, "Ignore", 1))
                        .editMetadata()
                        .addToAnnotations(
                                Annotations.WEBHOOKS_AS_WRITTEN,
                                "{\"unanswered.example.org\": {\"failurePolicy\": \"Fail\", \"timeoutSeconds\": 7},"
                                        + "\"answered.example.org\": {\"failurePolicy\": \"Fail\", \"timeoutSeconds\": 7}}")
                        .endMetadata()
                        .build())
                .create());

        session.follow(SimulationPlan.withdrawal(SANDBOX.asSandbox(), "1"));

        soon(() -> assertThat(session.latest().withdrawn()).isTrue());
        assertAsWritten("z-by-helm", "Fail", 7);
        IntStream.range(0, 201).forEach(number -> assertAsWritten("b-" + number, "Fail", 7));
    }

    @Test
    void manyServicesAreAskedForAndOfMoreNobodySaysThatNobodyAnswers() {
        webhooks("by-helm", "Fail", 7);
        endpoints("simulated-1", "machine");
        // Names that come before the Service's own.
        crowd("some", 100);

        session.follow(plan(1, Ignored.ALL_BUT_ANSWERED));

        soon(() -> assertThat(webhook("some", "w99.example.org").getFailurePolicy())
                .isEqualTo("Ignore"));
        soon(() -> assertThat(webhook("by-helm", "answered.example.org").getFailurePolicy())
                .isEqualTo("Ignore"));
        assertThat(webhook("by-helm", "unanswered.example.org").getFailurePolicy())
                .isEqualTo("Fail");
        assertThat(callouts().failure()).isEmpty();

        crowd("more", 600);
        soon(() -> assertThat(callouts().failure())
                .hasValueSatisfying(failure -> assertThat(failure.reason()).isEqualTo(Reason.SANDBOX_TOO_LARGE)));
        endpoints("simulated-1");
        webhooks("by-another", "Fail", 7);
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                        webhook("by-another", "answered.example.org").getFailurePolicy())
                .isEqualTo("Fail"));
        assertThat(webhook("by-helm", "unanswered.example.org").getFailurePolicy())
                .isEqualTo("Fail");
        assertThat(webhook("by-helm", "answered.example.org").getFailurePolicy())
                .isEqualTo("Ignore");
    }

    /** A configuration with so many webhooks, each of which asks another Service. */
    private static void crowd(String name, int webhooks) {
        SANDBOX.admin()
                .resource(new ValidatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withWebhooks(IntStream.range(0, webhooks)
                                .mapToObj(number -> new ValidatingWebhookBuilder(configuration(name, "Fail", 7)
                                                .getWebhooks()
                                                .get(0))
                                        .withName("w" + number + ".example.org")
                                        .editClientConfig()
                                        .editService()
                                        .withName("a" + number)
                                        .endService()
                                        .endClientConfig()
                                        .build())
                                .toList())
                        .build())
                .create();
    }

    private CalloutReport callouts() {
        return session.latest().callouts();
    }

    private static void assertIgnored(String name) {
        assertThat(webhook(name, "unanswered.example.org"))
                .satisfies(webhook -> assertThat(webhook.getFailurePolicy()).isEqualTo("Ignore"))
                .satisfies(webhook -> assertThat(webhook.getTimeoutSeconds()).isEqualTo(1));
    }

    private static void assertManagers(String name, String... managers) {
        assertThat(SANDBOX.admin()
                        .admissionRegistration()
                        .v1()
                        .validatingWebhookConfigurations()
                        .withName(name)
                        .get()
                        .getMetadata()
                        .getManagedFields())
                .extracting(ManagedFieldsEntry::getManager)
                .containsOnly(managers);
    }

    private static void assertAsWritten(String name, String failurePolicy, int timeoutSeconds) {
        ValidatingWebhookConfiguration present = SANDBOX.admin()
                .admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(name)
                .get();
        assertThat(present.getWebhooks())
                .allSatisfy(webhook -> assertThat(webhook.getFailurePolicy()).isEqualTo(failurePolicy))
                .allSatisfy(webhook -> assertThat(webhook.getTimeoutSeconds()).isEqualTo(timeoutSeconds));
        assertThat(Optional.ofNullable(present.getMetadata().getAnnotations()).orElse(Map.of()))
                .doesNotContainKey(Annotations.WEBHOOKS_AS_WRITTEN);
    }

    private static ValidatingWebhook webhook(String configuration, String name) {
        return SANDBOX
                .admin()
                .admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(configuration)
                .get()
                .getWebhooks()
                .stream()
                .filter(webhook -> webhook.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void webhooks(String name, String failurePolicy, int timeoutSeconds) {
        SANDBOX.admin()
                .resource(configuration(name, failurePolicy, timeoutSeconds))
                .fieldManager("helm")
                .serverSideApply();
    }

    private static ValidatingWebhookConfiguration configuration(String name, String failurePolicy, int timeoutSeconds) {
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withWebhooks(Stream.of("unanswered", "answered")
                        .map(which -> new ValidatingWebhookBuilder()
                                .withName(which + ".example.org")
                                .withAdmissionReviewVersions("v1")
                                .withSideEffects("None")
                                .withFailurePolicy(failurePolicy)
                                .withTimeoutSeconds(timeoutSeconds)
                                .withNewClientConfig()
                                .withNewService()
                                .withNamespace("default")
                                .withName(which.equals("unanswered") ? "hooks" : "nobody")
                                .endService()
                                .endClientConfig()
                                .addNewRule()
                                .withApiGroups("callout.example.org")
                                .withApiVersions("v1")
                                .withOperations("CREATE")
                                .withResources("widgets")
                                .endRule()
                                .build())
                        .toList())
                .build();
    }

    private static void apiService() {
        SANDBOX.admin()
                .resource(new APIServiceBuilder()
                        .withNewMetadata()
                        .withName("v1.callouts.example.org")
                        .endMetadata()
                        .withNewSpec()
                        .withGroup("callouts.example.org")
                        .withVersion("v1")
                        .withGroupPriorityMinimum(100)
                        .withVersionPriority(100)
                        .withInsecureSkipTLSVerify(true)
                        .withNewService()
                        .withNamespace("default")
                        .withName("hooks")
                        .endService()
                        .endSpec()
                        .build())
                .create();
    }

    /** One endpoint of the Service on each of the Nodes; without a name: somewhere else. */
    private static void endpoints(String... nodes) {
        SANDBOX.admin()
                .resource(new EndpointSliceBuilder()
                        .withNewMetadata()
                        .withName("hooks-1")
                        .withNamespace("default")
                        .withLabels(Map.of("kubernetes.io/service-name", "hooks"))
                        .endMetadata()
                        .withAddressType("IPv4")
                        .withEndpoints(Stream.of(nodes)
                                .map(node -> new EndpointBuilder()
                                        .withAddresses(
                                                "192.0.2." + (1 + List.of(nodes).indexOf(node)))
                                        .withNodeName(node.isEmpty() ? null : node)
                                        .build())
                                .toList())
                        .build())
                .createOr(NonDeletingOperation::update);
    }

    private static SimulationPlan plan(int count, Ignored ignored) {
        return new SimulationPlan(SANDBOX.asSandbox(), new Wish("1", count, true, false, TEMPLATE, ignored));
    }

    private void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    try {
                        assertion.run();
                    } catch (AssertionError e) {
                        throw new AssertionError("The report was " + session.latest(), e);
                    }
                });
    }
}
