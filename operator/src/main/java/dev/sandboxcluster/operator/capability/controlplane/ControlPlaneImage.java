package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.ControlPlane;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.config.OperatorConfig;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which image runs k3s. What the spec leaves to the operator is chosen once: an upgrade of the operator, or another
 * default, must not make another cluster of one that is there.
 *
 * @param reference with its tag or digest
 * @param chosen whether the operator chose repository or tag
 */
record ControlPlaneImage(String reference, boolean chosen) {

    /** As {@code spec.version} has it. */
    private static final Pattern VERSION =
            Pattern.compile("v1\\.[0-9]{1,3}\\.[0-9]{1,3}(-rc[0-9]{1,2})?-k3s[0-9]{1,2}");

    static ControlPlaneImage of(
            SandboxClusterSpec spec, SandboxClusterStatus previous, OperatorConfig config, Optional<PodRecord> made) {
        ControlPlane given = Optional.ofNullable(spec.controlPlane()).orElse(ControlPlane.EMPTY);
        Optional<String> image = Optional.ofNullable(given.image());
        Optional<String> version = Optional.ofNullable(spec.version());
        if (image.filter(ControlPlaneImage::isComplete).isPresent()) {
            return new ControlPlaneImage(image.get(), false);
        }
        if (image.isPresent() && version.isPresent()) {
            return new ControlPlaneImage(image.get() + ":" + version.get(), false);
        }
        String imageOrigin = PodOrigin.of(spec, Optional.empty()).image();
        Optional<String> before = Optional.ofNullable(previous.defaultImage());
        Optional<String> same = made.isPresent()
                ? made.filter(pod -> pod.origin().image().equals(imageOrigin)).map(PodRecord::image)
                : before.filter(last -> image.map(repository -> last.startsWith(repository + ":"))
                                .orElse(true))
                        .filter(last -> version.map(last::endsWith).orElse(true));
        return new ControlPlaneImage(
                same.orElseGet(() -> image.orElse(config.controlPlaneImageRepository()) + ":"
                        + version.or(() -> running(previous, made)).orElse(config.controlPlaneVersion())),
                true);
    }

    /** The release that runs, where the spec no longer says which. */
    private static Optional<String> running(SandboxClusterStatus previous, Optional<PodRecord> made) {
        return Stream.of(
                        made.map(PodRecord::image).map(image -> image.substring(image.lastIndexOf(':') + 1)),
                        Optional.ofNullable(previous.version()).map(reported -> reported.replace('+', '-')))
                .flatMap(Optional::stream)
                .filter(tag -> VERSION.matcher(tag).matches())
                .findFirst();
    }

    private static boolean isComplete(String image) {
        return image.contains("@") || image.lastIndexOf(':') > image.lastIndexOf('/');
    }
}
