package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What is written for other tools besides the kubeconfig. */
@ApiType
public record Outputs(
        @JsonPropertyDescription("A Secret by which Argo CD knows the cluster. Default: none.")
        ArgoCD argoCD,

        @JsonPropertyDescription(
                "A ConfigMap with the cluster's CA, for those who may not read Secrets. Default: none.")
        CAConfigMap caConfigMap) {}
