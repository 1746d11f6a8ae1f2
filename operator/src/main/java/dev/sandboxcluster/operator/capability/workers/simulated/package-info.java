/**
 * Capability: nodes without machines ({@code spec.workers.simulated}). kwok, beside k3s in its pod, plays their kubelets;
 * {@code session} makes the Nodes in the sandbox.
 */
package dev.sandboxcluster.operator.capability.workers.simulated;
