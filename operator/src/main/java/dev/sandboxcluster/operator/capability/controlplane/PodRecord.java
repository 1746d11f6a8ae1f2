package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import dev.sandboxcluster.operator.objects.Annotated;
import dev.sandboxcluster.operator.objects.Containers;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the pod that is there was made from, as the annotations of its StatefulSet have it; pure.
 *
 * @param recorded whether it was written down
 * @param text the template as it was applied; empty: it was not written down, or is too long
 * @param template the same to be read; where it was not written down, what the host cluster has
 */
public record PodRecord(PodOrigin origin, boolean recorded, Optional<String> text, PodTemplateSpec template) {

    /** Kubernetes takes 256 KiB of annotations in all (k8s.io/apimachinery, pkg/api/validation, TotalAnnotationSizeLimitB). */
    private static final int LONGEST = 128 << 10;

    /** Of a StatefulSet that is there. */
    public static PodRecord of(StatefulSet present) {
        Optional<String> text = Annotated.value(present, Annotations.POD_TEMPLATE);
        Optional<PodOrigin> origin = origin(present);
        return new PodRecord(
                origin.orElse(PodOrigin.UNKNOWN),
                origin.isPresent(),
                text,
                text.flatMap(PodRecord::read)
                        .orElseGet(() -> own(present.getSpec().getTemplate())));
    }

    /** Whether it was written down of a StatefulSet that is there. */
    static boolean isRecorded(StatefulSet present) {
        return origin(present).isPresent();
    }

    /** Whether a StatefulSet that is there says this. */
    boolean isOn(StatefulSet present) {
        return recorded
                && text.equals(Annotated.value(present, Annotations.POD_TEMPLATE))
                && origin(present).filter(origin::equals).isPresent();
    }

    /** Of a template that is to be applied. */
    static PodRecord of(PodOrigin origin, PodTemplateSpec template) {
        return new PodRecord(origin, true, text(template), template);
    }

    /** The same, where nothing was written down, but the pod is known to be what the spec says. */
    public PodRecord adopted(PodOrigin said) {
        return recorded ? this : new PodRecord(said, false, text(template), template);
    }

    /** The same, written down, with the addresses that the pod must have been told. */
    PodRecord from(PodOrigin wanted) {
        return new PodRecord(wanted, true, text, template);
    }

    boolean isFrom(PodOrigin wanted) {
        return origin.satisfies(wanted);
    }

    /** Whether this template was applied: the order of what has no order does not count. */
    boolean isOf(PodTemplateSpec other) {
        return text.equals(Optional.of(Serialization.asJson(other)))
                || tree(template).equals(tree(other));
    }

    /** The StatefulSet as it is to be: all but its pod as it was made now. */
    StatefulSet on(StatefulSet made) {
        Map<String, String> annotations = new TreeMap<>(Map.of(Annotations.MADE_FROM, origin.text()));
        text.ifPresent(applied -> annotations.put(Annotations.POD_TEMPLATE, applied));
        return new StatefulSetBuilder(made)
                .editMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .editSpec()
                .withTemplate(template)
                .endSpec()
                .build();
    }

    /** The image that runs k3s. */
    String image() {
        return Containers.named(K3s.CONTAINER, template.getSpec())
                .map(Container::getImage)
                .orElse("");
    }

    /** Whether k3s adds the address of each of its pods to the serving certificate, for ever: what it was started with tells. */
    public boolean growingCertificate() {
        return Containers.named(K3s.CONTAINER, template.getSpec())
                .filter(k3s -> !ServerArguments.supervisorApart(k3s.getArgs()))
                .isPresent();
    }

    /** The wish for a restart that was followed last. */
    public Optional<String> restart() {
        return restart(template);
    }

    /** The same of a template. */
    static Optional<String> restart(PodTemplateSpec template) {
        return annotation(template, Annotations.RESTART);
    }

    /** The end of the certificates which a pod of this template is started to renew. */
    static Optional<String> renewedBefore(PodTemplateSpec template) {
        return annotation(template, Annotations.RENEWED_BEFORE);
    }

    private static Optional<String> annotation(PodTemplateSpec template, String key) {
        return Optional.ofNullable(template.getMetadata())
                .map(ObjectMeta::getAnnotations)
                .map(annotations -> annotations.get(key));
    }

    private static Optional<PodOrigin> origin(StatefulSet present) {
        return Annotated.value(present, Annotations.MADE_FROM).flatMap(PodOrigin::parse);
    }

    private static Optional<String> text(PodTemplateSpec template) {
        return Optional.of(Serialization.asJson(template)).filter(text -> text.length() <= LONGEST);
    }

    private static Map<?, ?> tree(PodTemplateSpec template) {
        return Serialization.unmarshal(Serialization.asJson(template), Map.class);
    }

    private static Optional<PodTemplateSpec> read(String text) {
        try {
            return Optional.of(Serialization.unmarshal(text, PodTemplateSpec.class));
        } catch (RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    /** Without annotations of others, such as that of {@code kubectl rollout restart}. */
    private static PodTemplateSpec own(PodTemplateSpec template) {
        return new PodTemplateSpecBuilder(template)
                .editOrNewMetadata()
                .withAnnotations(restart(template)
                        .map(restart -> Map.of(Annotations.RESTART, restart))
                        .orElse(null))
                .endMetadata()
                .build();
    }
}
