package dev.sandboxcluster.operator.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What workers in pods of the host cluster may be.
 *
 * @param allowPrivileged {@code HOSTED_WORKERS_PRIVILEGED}: whether they may be privileged pods, by which a sandbox's
 *     administrator is root on a node
 * @param virtualMachines {@code HOSTED_WORKERS_VM_RUNTIME_CLASSES}, comma separated: RuntimeClasses that make each pod a
 *     virtual machine, which holds what is privileged in it
 * @param ingress which Ingresses may be made; empty: none
 */
public record HostedPolicy(boolean allowPrivileged, Set<String> virtualMachines, Optional<IngressPolicy> ingress) {

    static HostedPolicy from(Map<String, String> environment) {
        return new HostedPolicy(
                Boolean.parseBoolean(environment.get("HOSTED_WORKERS_PRIVILEGED")),
                OperatorConfig.words(environment.getOrDefault(
                        "HOSTED_WORKERS_VM_RUNTIME_CLASSES", "kata,kata-qemu,kata-clh,kata-fc")),
                IngressPolicy.from(environment));
    }
}
