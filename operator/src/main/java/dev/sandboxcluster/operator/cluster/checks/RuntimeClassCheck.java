package dev.sandboxcluster.operator.cluster.checks;

import dev.sandboxcluster.operator.cluster.desired.Blueprint;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the host cluster has the RuntimeClass that is to isolate the pod. */
public final class RuntimeClassCheck {

    private RuntimeClassCheck() {}

    /** The verdict if there is none of that name; pure. */
    public static Optional<Verdict> check(Blueprint blueprint, Stream<RuntimeClass> present) {
        return blueprint
                .runtimeClassName()
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
