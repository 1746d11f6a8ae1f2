package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether hosted workers may be what the spec wants them to be; pure. */
final class HostedPolicyCheck {

    private static final String GVISOR = "gvisor";
    private static final Set<String> GVISOR_HANDLERS = Set.of("runsc", GVISOR);

    private HostedPolicyCheck() {}

    /**
     * What is against it; empty: nothing.
     *
     * @param runtimeClasses those of the host cluster; empty: they can't be read
     */
    static Optional<Verdict> check(HostedSettings settings, Optional<List<RuntimeClass>> runtimeClasses) {
        return settings.runtimeClassName()
                .flatMap(name -> unsuitable(name, runtimeClasses).or(() -> missing(name, runtimeClasses)))
                .or(() -> privileged(settings));
    }

    /** The verdict while they are privileged pods: as long as they are, it stays. */
    static Verdict warning(HostedSettings settings) {
        return Verdict.holds(
                Reason.PRIVILEGED_PODS,
                "Hosted workers are privileged pods"
                        + settings.runtimeClassName()
                                .map(name -> " of RuntimeClass " + name)
                                .orElse("")
                        + ": who administers the cluster, or runs a privileged pod in it, is root on the nodes of the host"
                        + " cluster that they run on");
    }

    private static Optional<Verdict> unsuitable(String name, Optional<List<RuntimeClass>> runtimeClasses) {
        return Optional.of(runtimeClasses
                        .flatMap(all -> named(name, all))
                        .map(RuntimeClass::getHandler)
                        .orElse(name))
                .filter(GVISOR_HANDLERS::contains)
                .map(handler -> Verdict.fails(
                        Reason.RUNTIME_CLASS_UNSUITABLE,
                        "RuntimeClass " + name
                                + " of workers.hosted is gVisor's, which can't run a kubelet: it has neither"
                                + " control groups to make nor a network to filter. Take one that makes a virtual machine of"
                                + " each pod, such as Kata Containers'"));
    }

    private static Optional<Verdict> missing(String name, Optional<List<RuntimeClass>> runtimeClasses) {
        return runtimeClasses
                .filter(all -> named(name, all).isEmpty())
                .map(all -> Verdict.fails(
                        Reason.RUNTIME_CLASS_NOT_FOUND,
                        "The host cluster has no RuntimeClass " + name
                                + ", which workers.hosted.runtimeClassName names"));
    }

    private static Optional<Verdict> privileged(HostedSettings settings) {
        return settings.privileged() && !settings.policy().allowPrivileged()
                ? Optional.of(Verdict.fails(
                        Reason.PRIVILEGED_NOT_ALLOWED,
                        settings.runtimeClassName()
                                        .map(name ->
                                                "RuntimeClass " + name + " of workers.hosted isn't one of those that"
                                                        + " make a virtual machine of each pod, by the operator's chart value"
                                                        + " workers.hosted.virtualMachineRuntimeClasses: "
                                                        + String.join(
                                                                ", ",
                                                                settings.policy().virtualMachines().stream()
                                                                        .sorted()
                                                                        .toList())
                                                        + ". So hosted workers")
                                        .orElse("Without a RuntimeClass, hosted workers")
                                + " would be privileged pods, and the cluster's administrator root on the nodes that they run"
                                + " on. Name such a RuntimeClass in workers.hosted.runtimeClassName, or have"
                                + " workers.hosted.allowPrivileged set in the operator's chart"))
                : Optional.empty();
    }

    private static Optional<RuntimeClass> named(String name, List<RuntimeClass> all) {
        return all.stream()
                .filter(one -> one.getMetadata().getName().equals(name))
                .findFirst();
    }
}
