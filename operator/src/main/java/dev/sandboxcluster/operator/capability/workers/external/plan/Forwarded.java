package dev.sandboxcluster.operator.capability.workers.external.plan;

import java.util.Optional;

/**
 * What became of a Service that hosted nodes are to forward; one of two.
 *
 * @param name in the spec
 * @param nodePort at which each node forwards it
 * @param obstacle why none does, as a sentence
 */
public record Forwarded(String name, Optional<Integer> nodePort, Optional<String> obstacle) {

    /** It is forwarded at a port. */
    public static Forwarded at(String name, int nodePort) {
        return new Forwarded(name, Optional.of(nodePort), Optional.empty());
    }

    /** It isn't. */
    public static Forwarded not(String name, String why) {
        return new Forwarded(name, Optional.empty(), Optional.of(why));
    }
}
