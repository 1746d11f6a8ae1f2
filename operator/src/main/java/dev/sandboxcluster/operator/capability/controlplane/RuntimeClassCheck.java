package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the host cluster has the RuntimeClass that is to isolate the pod. */
final class RuntimeClassCheck {

    private RuntimeClassCheck() {}

    /** The verdict if there is none of that name; pure. */
    static Optional<Verdict> check(ControlPlaneSettings settings, Stream<RuntimeClass> present) {
        return settings.runtimeClassName()
                .filter(wanted -> present.noneMatch(
                        runtimeClass -> runtimeClass.getMetadata().getName().equals(wanted)))
                .map(wanted -> missing("the host cluster has no RuntimeClass " + wanted));
    }

    static Verdict missing(String what) {
        return Verdict.fails(
                Reason.RUNTIME_CLASS_NOT_FOUND,
                "Nothing isolates the pod: " + what + ". Install gVisor on the nodes and create the RuntimeClass"
                        + " (docs/operations.md tells how; gvisor.dev/docs/user_guide/install), or name another in"
                        + " controlPlane.runtimeClassName. For sandboxes whose users you trust,"
                        + " controlPlane.runtimeClassName: \"\" runs without isolation");
    }
}
