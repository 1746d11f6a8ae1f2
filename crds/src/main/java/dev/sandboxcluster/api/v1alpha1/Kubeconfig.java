package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import java.util.List;
import java.util.Map;

/** The Secret in which the kubeconfig is published. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"secretName": {"maxLength": 253}, "contextName": {"maxLength": 253},
                  "additional": {"maxItems": 16, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
                  "labels": {"maxProperties": 32, "additionalProperties": {"maxLength": 63},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(k, k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$') && self[k].matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$'))",
                       "message": "must be labels: a name of at most 63 characters, perhaps behind a DNS name and a slash, and a value of at most 63"},
                      {"rule": "self.all(k, !k.startsWith('sandboxcluster.dev/') && !k.startsWith('app.kubernetes.io/') && !k.startsWith('argocd.argoproj.io/'))",
                       "message": "labels of sandboxcluster.dev and app.kubernetes.io are not yours to set; for Argo CD there is outputs.argoCD"}]}}}
                """)
public record Kubeconfig(
        @JsonPropertyDescription("The Secret's name. Default: <name>-kubeconfig.")
        @Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
        String secretName,

        @JsonPropertyDescription(
                "The name of the kubeconfig's context; those of its cluster and user begin with it. Default: the"
                        + " SandboxCluster's.")
        @Pattern("^[A-Za-z0-9]([-A-Za-z0-9._@/:]*[A-Za-z0-9])?$")
        String contextName,

        @JsonPropertyDescription("Further labels of the Secret, for tools that look for some.")
        Map<String, String> labels,

        @JsonPropertyDescription(
                "Kubeconfigs for others, each in a Secret of its own. They have the rights that you give their users and"
                        + " groups in the sandbox, and none without.")
        List<AdditionalKubeconfig> additional) {}
