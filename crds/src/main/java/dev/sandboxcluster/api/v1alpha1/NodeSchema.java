package dev.sandboxcluster.api.v1alpha1;

/** What is alike in the schemas of nodes of all kinds, as parts of a {@link SchemaPatch}. */
final class NodeSchema {

    /** A rule of labels: that they are some. */
    static final String LABEL_FORM = """
            {"rule": "self.all(k, k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$') && self[k].matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$'))",
             "message": "must be labels: a name of at most 63 characters, perhaps behind a DNS name and a slash, and a value of at most 63"}""";

    /** {@code labels} that the operator sets on nodes that join. */
    static final String LABELS = """
            "labels": {"maxProperties": 32,
              "additionalProperties": {"maxLength": 63},
              "x-kubernetes-validations": [
            """ + LABEL_FORM + """
            ,
            {"rule": "self.all(k, !k.contains('/') || k.startsWith('node-restriction.kubernetes.io/') || !k.matches('^([^/]*[.])?(kubernetes|k8s)[.]io/') && !k.startsWith('sandboxcluster.dev/'))",
             "message": "labels of kubernetes.io, k8s.io and sandboxcluster.dev are not yours to set, but for those that begin with node-restriction.kubernetes.io/"}]}""";

    /** {@code taints}. */
    static final String TAINTS = """
            "taints": {"maxItems": 16, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["key", "effect"],
              "items": {"properties": {
                "key": {"maxLength": 316, "pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"},
                "value": {"maxLength": 63, "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},
                "effect": {"enum": ["NoSchedule", "PreferNoSchedule", "NoExecute"]}},
                "required": ["key", "effect"]}}""";

    private NodeSchema() {}
}
