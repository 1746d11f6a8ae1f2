/** Capability: the published kubeconfig, and whether it works ({@code spec.kubeconfig}). */
package dev.sandboxcluster.operator.capability.access;
