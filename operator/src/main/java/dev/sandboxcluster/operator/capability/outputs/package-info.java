/** Capability: what other tools read without glue, besides the kubeconfig ({@code spec.outputs}). */
package dev.sandboxcluster.operator.capability.outputs;
