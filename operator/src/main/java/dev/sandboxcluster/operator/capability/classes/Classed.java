package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassStatus;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import java.util.Optional;

/**
 * What a sandbox is by its class.
 *
 * @param spec what it is to be: its own words, with the class's defaults for the rest
 * @param status what it has of the class; empty: it is of none
 * @param held whether nothing is to be made of the spec as it is now
 */
public record Classed(SandboxClusterSpec spec, Optional<ClassStatus> status, boolean held) {

    /** Of one that is of no class. */
    public static Classed without(SandboxClusterSpec spec) {
        return new Classed(spec, Optional.empty(), false);
    }

    /** Whether it has other defaults than before, which are written down before anything is made of them. */
    public boolean differs(Optional<ClassStatus> before) {
        return !status.map(Classed::essence).equals(before.map(Classed::essence));
    }

    private static ClassStatus essence(ClassStatus of) {
        return new ClassStatus(of.name(), null, null, null, null, of.defaults(), null);
    }
}
