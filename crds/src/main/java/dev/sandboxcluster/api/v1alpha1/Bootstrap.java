package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.List;

/** What a sandbox has in it before it is Ready. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "manifests": {"maxItems": 32, "x-kubernetes-list-type": "atomic"},
                  "charts": {"maxItems": 8, "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["namespace", "name"]}}}
                """)
public record Bootstrap(
        @JsonPropertyDescription(
                "Objects that are applied in the cluster, in this order, before it is Ready, and again when they change.")
        List<BootstrapManifest> manifests,

        @JsonPropertyDescription(
                "Helm charts that are installed in the cluster, in this order and after the manifests, before it is Ready,"
                        + " and again when they change.")
        List<BootstrapChart> charts) {}
