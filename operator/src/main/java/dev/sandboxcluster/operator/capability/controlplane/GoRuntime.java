package dev.sandboxcluster.operator.capability.controlplane;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How Go treats the control plane's memory, where the spec doesn't say. */
final class GoRuntime {

    private static final long MIB = 1024 * 1024;

    /**
     * How much of the container's memory Go may take. The rest is for gVisor and for what Go doesn't count; with a tenth
     * for it, a control plane that was given much at once was ended by the kernel.
     */
    private static final int PERCENT = 80;

    private GoRuntime() {}

    /**
     * Variables that Go's runtime reads; pure. {@code GOGC} keeps an empty control plane small. {@code GOMEMLIMIT} is for
     * a heap that nearly fills the container: it is collected more often before the kernel ends it. No limit may be near
     * the size that heaps commonly have, for there the collector would never stop. Asynchronous preemption signals are
     * costly in gVisor.
     *
     * @param limits of the container's resources
     */
    static Map<String, String> variables(Map<String, Quantity> limits) {
        Map<String, String> variables = new TreeMap<>(Map.of("GODEBUG", "asyncpreemptoff=1", "GOGC", "40"));
        Optional.ofNullable(limits.get("memory"))
                .map(Quantity::getNumericalAmount)
                .map(BigDecimal::longValue)
                .ifPresent(limit -> variables.put("GOMEMLIMIT", limit / 100 * PERCENT / MIB + "MiB"));
        return variables;
    }
}
