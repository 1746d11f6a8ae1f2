package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;

/**
 * Adds to a generated schema what no annotation of the generator can say: list types, bounds and CEL rules of nested
 * schemas. The input is a JSON merge patch (RFC 7386) without deletions. Only the CRD generator loads this class.
 */
public final class SchemaPatch implements SchemaCustomizer.Customizer {

    /** For the generator. */
    public SchemaPatch() {}

    @Override
    public JSONSchemaProps apply(JSONSchemaProps schema, String patch, KubernetesSerialization serialization) {
        ObjectNode merged = serialization.convertValue(schema, ObjectNode.class);
        merge(merged, serialization.unmarshal(patch, ObjectNode.class));
        return serialization.convertValue(merged, JSONSchemaProps.class);
    }

    private static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> field : patch.properties()) {
            if (target.get(field.getKey()) instanceof ObjectNode inner && field.getValue() instanceof ObjectNode more) {
                merge(inner, more);
            } else {
                target.set(field.getKey(), field.getValue());
            }
        }
    }
}
