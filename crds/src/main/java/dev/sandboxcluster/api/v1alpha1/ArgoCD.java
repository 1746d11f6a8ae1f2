package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/**
 * A Secret by which Argo CD knows the cluster
 * (argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup, Clusters).
 */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "namespace": {"maxLength": 63},
                  "project": {"maxLength": 253},
                  "labels": {"maxProperties": 32, "additionalProperties": {"maxLength": 63},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(k, k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$') && self[k].matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$'))",
                       "message": "must be labels: a name of at most 63 characters, perhaps behind a DNS name and a slash, and a value of at most 63"},
                      {"rule": "self.all(k, !k.startsWith('sandboxcluster.dev/') && !k.startsWith('app.kubernetes.io/') && !k.startsWith('applications.argoproj.io/') && (!k.startsWith('argocd.argoproj.io/') || k == 'argocd.argoproj.io/auto-label-cluster-info'))",
                       "message": "labels of sandboxcluster.dev, app.kubernetes.io and Argo CD are not yours to set, but for argocd.argoproj.io/auto-label-cluster-info"}]}}}
                """)
@ValidationRule(
        value = "!has(self.namespace) || !has(self.endpoint) || self.endpoint == 'Internal'",
        message =
                "outputs.argoCD.endpoint Published is for an Argo CD in another cluster: leave out namespace, for the one"
                        + " that reads the Secret there is in the host cluster")
public record ArgoCD(
        @JsonPropertyDescription("Whether Argo CD is to know the cluster.") @Required
        Boolean enabled,

        @JsonPropertyDescription(
                "The namespace of Argo CD, where it reads such Secrets. Another than the SandboxCluster's must be among the"
                        + " chart's outputs.argoCDNamespaces. Default: the SandboxCluster's own.")
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        String namespace,

        @JsonPropertyDescription(
                "Which URL Argo CD is given. Internal: that of the Service, for an Argo CD in the host cluster. Published:"
                        + " that of the kubeconfig, for one elsewhere, to which something copies the Secret. Default:"
                        + " Internal.")
        Endpoint endpoint,

        @JsonPropertyDescription("The only Argo CD project (AppProject) that may use the cluster. Default: any.")
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
        String project,

        @JsonPropertyDescription("Further labels of the Secret, by which ApplicationSets select clusters.")
        Map<String, String> labels) {

    /** One of a cluster's URLs. */
    public enum Endpoint {
        /** For pods of the host cluster. */
        Internal,
        /** In the published kubeconfig. */
        Published
    }
}
