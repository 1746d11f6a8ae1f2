package dev.sandboxcluster.operator.capability.workers.external.join;

import java.util.List;
import java.util.regex.Pattern;

/** The group's labels that a kubelet sets on its own Node; the operator sets the others. */
final class NodeLabels {

    /** Kubernetes's own prefixes, of which the NodeRestriction admission plugin lets a kubelet set hardly any. */
    private static final Pattern RESERVED = Pattern.compile("(.*\\.)?(kubernetes|k8s)\\.io/.*");

    private NodeLabels() {}

    /** {@code key=value}, in the order of the keys. */
    static List<String> of(JoinParameters p) {
        return p.labels().entrySet().stream()
                .filter(label -> !RESERVED.matcher(label.getKey()).matches())
                .map(label -> label.getKey() + "=" + label.getValue())
                .toList();
    }
}
