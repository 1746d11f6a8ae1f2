package dev.sandboxcluster.operator.capability.workers.simulated.session;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Entry;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Kind;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Policy;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.WebhookNote;
import dev.sandboxcluster.operator.sandbox.session.Listing;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import dev.sandboxcluster.operator.sandbox.session.Scan;
import dev.sandboxcluster.operator.verdict.Line;
import io.fabric8.kubernetes.api.model.APIServiceList;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationList;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationList;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionList;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** How the objects of a kind are read by which an API server asks Services; of each, little is looked at. */
enum CalloutKind {
    VALIDATING(
            Kind.ValidatingWebhookConfiguration,
            "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
            ValidatingWebhookConfigurationList.class) {
        @Override
        Scan.Result read(SandboxSession session, Consumer<Callout> each) {
            return session.scan(
                    path(), Webhooks.class, MOST, found -> found.callout(kind()).ifPresent(each));
        }
    },
    MUTATING(
            Kind.MutatingWebhookConfiguration,
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
            MutatingWebhookConfigurationList.class) {
        @Override
        Scan.Result read(SandboxSession session, Consumer<Callout> each) {
            return session.scan(
                    path(), Webhooks.class, MOST, found -> found.callout(kind()).ifPresent(each));
        }
    },
    API_SERVICE(Kind.APIService, "/apis/apiregistration.k8s.io/v1/apiservices", APIServiceList.class) {
        @Override
        Scan.Result read(SandboxSession session, Consumer<Callout> each) {
            return session.scan(
                    path(), Api.class, MOST, found -> found.callout().ifPresent(each));
        }
    },
    DEFINITION(
            Kind.CustomResourceDefinition,
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            CustomResourceDefinitionList.class) {
        @Override
        Scan.Result read(SandboxSession session, Consumer<Callout> each) {
            return session.scan(
                    path(), Definition.class, MOST, found -> found.callout().ifPresent(each));
        }
    };

    /** Definitions of a large operator are some megabytes. */
    private static final long MOST = 16 * 1024 * 1024;

    private final Kind kind;
    private final Listing<?> watched;

    <L extends KubernetesResourceList<?>> CalloutKind(Kind kind, String path, Class<L> type) {
        this.kind = kind;
        this.watched = new Listing<>(path, "", type, 0);
    }

    /** Goes through all of them; those that ask no Service are left out. */
    abstract Scan.Result read(SandboxSession session, Consumer<Callout> each);

    Kind kind() {
        return kind;
    }

    String path() {
        return watched.path();
    }

    Listing<?> watched() {
        return watched;
    }

    /** The path of one. */
    static String path(Callout of) {
        return (of.kind() == Kind.ValidatingWebhookConfiguration ? VALIDATING : MUTATING).path() + "/"
                + URLEncoder.encode(of.name(), StandardCharsets.UTF_8);
    }

    /** What is kept as text is no longer than an API server takes it: who answers may be none. */
    private static boolean isName(String text) {
        return text != null && text.length() <= Line.NAME;
    }

    private record Metadata(
            String name, String resourceVersion, Noted annotations, List<WebhookPatch.Manager> managedFields) {

        private boolean isKept() {
            return isName(name) && isName(resourceVersion);
        }
    }

    private record Noted(
            @JsonProperty(Annotations.WEBHOOKS_AS_WRITTEN) String note) {}

    private record ServiceReference(String namespace, String name) {

        private Optional<Service> service() {
            return Service.of(namespace, name);
        }
    }

    private record Client(ServiceReference service) {

        private Optional<Service> asked() {
            return Optional.ofNullable(service).flatMap(ServiceReference::service);
        }
    }

    private record Webhook(String name, String failurePolicy, Integer timeoutSeconds, Client clientConfig) {

        private Entry entry() {
            return new Entry(
                    name,
                    Optional.ofNullable(clientConfig).flatMap(Client::asked),
                    new Policy(
                            (Policy.IGNORED.failurePolicy().equals(failurePolicy) ? Policy.IGNORED : Policy.NONE)
                                    .failurePolicy(),
                            Optional.ofNullable(timeoutSeconds).orElse(0)));
        }
    }

    private record Webhooks(Metadata metadata, List<Webhook> webhooks) {

        private Optional<Callout> callout(Kind kind) {
            if (metadata == null || !metadata.isKept()) {
                return Optional.empty();
            }
            String note = metadata.annotations == null ? null : metadata.annotations.note;
            Map<String, Policy> noted = WebhookNote.read(note);
            List<Entry> entries = Optional.ofNullable(webhooks).orElse(List.of()).stream()
                    .filter(webhook -> isName(webhook.name))
                    .map(Webhook::entry)
                    .filter(entry -> entry.service().isPresent() || noted.containsKey(entry.name()))
                    .toList();
            return Optional.of(new Callout(
                            kind,
                            metadata.name,
                            metadata.resourceVersion,
                            WebhookPatch.owned(metadata.managedFields).isPresent(),
                            note != null,
                            noted,
                            entries))
                    .filter(found -> !entries.isEmpty() || note != null);
        }
    }

    private static Optional<Callout> one(Kind kind, Metadata metadata, Optional<Service> service) {
        return service.filter(any -> metadata != null && metadata.isKept())
                .map(asked -> new Callout(
                        kind,
                        metadata.name,
                        metadata.resourceVersion,
                        false,
                        false,
                        Map.of(),
                        List.of(new Entry("", Optional.of(asked), Policy.NONE))));
    }

    private record Api(Metadata metadata, Client spec) {

        private Optional<Callout> callout() {
            return one(Kind.APIService, metadata, Optional.ofNullable(spec).flatMap(Client::asked));
        }
    }

    private record Conversion(String strategy, ConversionWebhook webhook) {}

    private record ConversionWebhook(Client clientConfig) {}

    private record Version(String name) {}

    private record DefinitionSpec(Conversion conversion, List<Version> versions) {

        /** Who is asked, where there is something to convert. */
        private Optional<Service> asked() {
            return Optional.ofNullable(conversion)
                    .filter(any -> "Webhook".equals(conversion.strategy) && versions != null && versions.size() > 1)
                    .map(Conversion::webhook)
                    .map(ConversionWebhook::clientConfig)
                    .flatMap(Client::asked);
        }
    }

    private record Definition(Metadata metadata, DefinitionSpec spec) {

        private Optional<Callout> callout() {
            return one(
                    Kind.CustomResourceDefinition,
                    metadata,
                    Optional.ofNullable(spec).flatMap(DefinitionSpec::asked));
        }
    }
}
