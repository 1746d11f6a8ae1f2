package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import java.util.List;

/** A kubeconfig for somebody who isn't the sandbox's administrator. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "name": {"maxLength": 63},
                  "user": {"maxLength": 253, "minLength": 1, "x-kubernetes-validations": [
                    {"rule": "!self.startsWith('system:') && !self.startsWith('sandboxcluster:')",
                     "message": "names that begin with system: and sandboxcluster: are Kubernetes's and the operator's own"}]},
                  "groups": {"maxItems": 16, "x-kubernetes-list-type": "set", "items": {"maxLength": 253, "minLength": 1},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(group, !group.startsWith('system:') && !group.startsWith('sandboxcluster:'))",
                       "message": "names that begin with system: and sandboxcluster: are Kubernetes's and the operator's own"}]},
                  "lifetime": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('10m') && duration(self) <= duration('8760h')",
                     "message": "must be a duration from 10m to 8760h, such as 8h or 90m"}]}}}
                """)
public record AdditionalKubeconfig(
        @JsonPropertyDescription(
                "A DNS label. The Secret is the one of the administrator with -<name> behind its name.")
        @Required
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        String name,

        @JsonPropertyDescription("The user's name in the sandbox. Default: the name.")
        String user,

        @JsonPropertyDescription("The groups that the user is in. Default: none.")
        List<String> groups,

        @JsonPropertyDescription(
                "How long the client certificate is valid: from 10m to 8760h. It is renewed after two thirds. What was"
                        + " copied out of the Secret ends with it. Default: 24h.")
        String lifetime) {}
