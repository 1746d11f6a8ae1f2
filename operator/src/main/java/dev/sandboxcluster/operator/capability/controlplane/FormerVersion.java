package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Container;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether the version can be set back from which a control plane came that does not come to work; pure. It can as long as
 * the new one never answered: then it has stored nothing for anybody.
 */
final class FormerVersion {

    /** As an API server of k3s reports it; an image's tag has the minus in place of the plus. */
    private static final Pattern REPORTED =
            Pattern.compile("v1\\.[0-9]{1,3}\\.[0-9]{1,3}(-rc[0-9]{1,2})?[+]k3s[0-9]{1,2}");

    private FormerVersion() {}

    /** The same verdict, with the advice where it fits. */
    static Verdict advise(Situation situation, Verdict verdict) {
        return Optional.ofNullable(situation.previous().version())
                .filter(version -> verdict.reason().equals(Reason.CRASH_LOOP))
                .filter(version -> REPORTED.matcher(version).matches())
                .map(version -> version.replace('+', '-'))
                .filter(tag -> image(situation)
                        .filter(image -> !image.contains("@") && !image.endsWith(":" + tag))
                        .isPresent())
                .map(tag -> Verdict.fails(
                        verdict.reason(),
                        verdict.message() + ". " + tag
                                + " answered before, and what runs now never did: the objects are"
                                + " as that left them, and spec.version can be set back to it"))
                .orElse(verdict);
    }

    private static Optional<String> image(Situation situation) {
        return situation
                .pod()
                .flatMap(pod -> Containers.named(K3s.CONTAINER, pod.getSpec()))
                .map(Container::getImage);
    }
}
