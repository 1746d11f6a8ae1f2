package dev.sandboxcluster.api.v1alpha1;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;

/** An environment variable of the control plane. Values are no place for credentials: everybody who may read the
 * SandboxCluster sees them. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "name": {"maxLength": 128, "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
                    "x-kubernetes-validations": [
                      {"rule": "!self.startsWith('K3S_') && !(self in ['HOME', 'PATH'])",
                       "message": "HOME, PATH and K3S_* are managed by the operator: use the fields of the spec, or controlPlane.extraArgs"}]},
                  "value": {"maxLength": 4096,
                    "x-kubernetes-validations": [
                      {"rule": "!self.contains('$(')",
                       "message": "Kubernetes would replace $(NAME) by the value of a variable: write the value itself"}]}}}
                """)
public record EnvVar(@Required String name, @Required String value) {}
