package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.credentials.Sha256;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How all simulated Nodes of a sandbox are made.
 *
 * @param capacity what each has to give, by name of the resource
 * @param labels besides those that say what it is
 * @param architecture of its processors, as Kubernetes names it
 * @param version of its kubelet: that of the API server
 */
public record NodeTemplate(
        Map<String, Quantity> capacity,
        Map<String, String> labels,
        List<Taint> taints,
        String architecture,
        String version) {

    /** Of no Nodes. */
    public static final NodeTemplate NONE = new NodeTemplate(Map.of(), Map.of(), List.of(), "", "");

    private static final String NAME = "simulated-";
    private static final Pattern NUMBERED = Pattern.compile(NAME + "([1-9][0-9]{0,3})");
    private static final int HASH = 10;
    private static final String OS = "linux";
    /** By this annotation kwok knows the Nodes that are its own. */
    private static final Map.Entry<String, String> KWOK = Map.entry("kwok.x-k8s.io/node", "fake");

    /**
     * Which labels and taints of a Node are the operator's.
     *
     * @param labels their keys
     * @param taints key and effect
     */
    private record Own(List<String> labels, List<String> taints) {

        static final Own NOTHING = new Own(List.of(), List.of());

        /** What is written on a Node; who may write there may have written anything. */
        static Own of(Node node) {
            try {
                return Optional.ofNullable(node.getMetadata().getAnnotations())
                        .map(annotations -> annotations.get(Annotations.SIMULATED_WITH))
                        .map(text -> Serialization.unmarshal(text, Own.class))
                        .filter(own -> isFull(own.labels) && isFull(own.taints))
                        .orElse(NOTHING);
            } catch (RuntimeException edited) {
                return NOTHING;
            }
        }

        private static boolean isFull(List<String> all) {
            return all != null && all.stream().noneMatch(Objects::isNull);
        }
    }

    /** The names of so many Nodes. */
    public static Stream<String> names(int count) {
        return Stream.iterate(1, number -> number <= count, number -> number + 1)
                .map(number -> NAME + number);
    }

    /** By this the same template is known again: a label's value. */
    public String hash() {
        Map<String, Object> all = new TreeMap<>();
        all.put("capacity", new TreeMap<>(capacity));
        all.put("labels", new TreeMap<>(labels));
        all.put("taints", taints);
        all.put("architecture", architecture);
        all.put("version", version);
        return Sha256.hex(Serialization.asJson(all)).substring(0, HASH);
    }

    /** A Node that isn't there yet. It isn't Ready before kwok says so. */
    public Node node(String name) {
        return status(metadata(new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build()));
    }

    /**
     * A Node that isn't there yet, in the state of another one: Ready if that is.
     *
     * @param model made by any template
     */
    public Node like(Node model, String name) {
        Node own = node(name);
        if (!isReady(model) || model.getStatus().getNodeInfo() == null) {
            return own;
        }
        String id = UUID.nameUUIDFromBytes((model.getMetadata().getUid() + name).getBytes(StandardCharsets.UTF_8))
                .toString();
        return status(new NodeBuilder(own)
                .editStatus()
                .withConditions(model.getStatus().getConditions())
                .withNewNodeInfoLike(model.getStatus().getNodeInfo())
                .withBootID(id)
                .withMachineID(id)
                .withSystemUUID(id)
                .endNodeInfo()
                .endStatus()
                .build());
    }

    /** Whether it says that it is. */
    public static boolean isReady(Node node) {
        return Optional.ofNullable(node.getStatus()).map(NodeStatus::getConditions).orElse(List.of()).stream()
                .anyMatch(condition -> condition.getType().equals("Ready") && "True".equals(condition.getStatus()));
    }

    /** The same Node with this template's labels and taints in place of an earlier one's; those of others stay. */
    public Node metadata(Node node) {
        Own before = Own.of(node);
        Map<String, String> all = new TreeMap<>(orEmpty(node.getMetadata().getLabels()));
        all.keySet().removeAll(before.labels);
        all.putAll(labels);
        all.putAll(Map.of(
                Labels.SIMULATED,
                "true",
                Labels.SIMULATED_AS,
                hash(),
                "kubernetes.io/hostname",
                node.getMetadata().getName(),
                "kubernetes.io/arch",
                architecture,
                "kubernetes.io/os",
                OS,
                "node.kubernetes.io/instance-type",
                "simulated"));
        // The controller manager would, for each Node.
        all.put("beta.kubernetes.io/arch", architecture);
        all.put("beta.kubernetes.io/os", OS);
        return new NodeBuilder(node)
                .editMetadata()
                .withLabels(all)
                .addToAnnotations(KWOK.getKey(), KWOK.getValue())
                .addToAnnotations(Annotations.SIMULATED_WITH, Serialization.asJson(own()))
                .endMetadata()
                .editOrNewSpec()
                .withTaints(tainted(node, before))
                .endSpec()
                .build();
    }

    /** The same Node with this template's capacity. */
    public Node status(Node node) {
        return new NodeBuilder(node)
                .editOrNewStatus()
                .withCapacity(capacity)
                .withAllocatable(capacity)
                .withAddresses(addresses(node))
                .editOrNewNodeInfo()
                .withArchitecture(architecture)
                .withOperatingSystem(OS)
                .withKubeletVersion(version)
                .withKubeProxyVersion(version)
                .endNodeInfo()
                .endStatus()
                .build();
    }

    /** Of the range for benchmarks, by the Node's number; what another Node has stays. */
    private static List<NodeAddress> addresses(Node node) {
        String name = node.getMetadata().getName();
        return address(name)
                .map(own -> List.of(new NodeAddress(own, "InternalIP"), new NodeAddress(name, "Hostname")))
                .orElseGet(() -> Optional.ofNullable(node.getStatus())
                        .map(NodeStatus::getAddresses)
                        .orElse(List.of()));
    }

    /** The address of the Node of that name, if it is one of {@link #names}. */
    static Optional<String> address(String name) {
        return Optional.of(NUMBERED.matcher(name))
                .filter(Matcher::matches)
                .map(found -> Integer.parseInt(found.group(1)))
                .map(number -> "198.19." + number / 256 + "." + number % 256);
    }

    private Own own() {
        return new Own(
                labels.keySet().stream().sorted().toList(),
                taints.stream().map(NodeTemplate::id).sorted().toList());
    }

    private List<Taint> tainted(Node node, Own before) {
        List<Taint> all = new ArrayList<>(Optional.ofNullable(node.getSpec())
                .map(spec -> spec.getTaints())
                .orElse(List.of()));
        List<String> ids = taints.stream().map(NodeTemplate::id).toList();
        all.removeIf(taint -> before.taints.contains(id(taint)) || ids.contains(id(taint)));
        all.addAll(taints);
        return all;
    }

    private static String id(Taint taint) {
        return taint.getKey() + ":" + Objects.requireNonNullElse(taint.getEffect(), "");
    }

    private static <K, V> Map<K, V> orEmpty(Map<K, V> map) {
        return map == null ? Map.of() : map;
    }
}
