package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The list of nodes that k3s keeps for CoreDNS, {@code NodeHosts}. For each Node that isn't in it k3s writes it anew: of a
 * thousand Nodes, tens of kilobytes a thousand times. So all are put there at once, before they are made.
 */
public final class NodeHosts {

    private NodeHosts() {}

    /**
     * The list with so many simulated Nodes, and what others wrote unchanged; pure.
     *
     * @param before what it says now
     */
    public static String with(String before, int count) {
        Stream<String> others = Arrays.stream(before.split("\n"))
                .filter(line -> !line.isBlank())
                .filter(line -> Arrays.stream(line.trim().split("\\s+")).skip(1).noneMatch(NodeHosts::isOwn));
        Stream<String> own =
                NodeTemplate.names(count).map(name -> NodeTemplate.address(name).orElseThrow() + " " + name);
        return Stream.concat(others, own).map(line -> line + "\n").collect(Collectors.joining());
    }

    private static boolean isOwn(String name) {
        return NodeTemplate.address(name).isPresent();
    }
}
