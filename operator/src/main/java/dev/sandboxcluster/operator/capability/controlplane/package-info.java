/** Capability: the pod in which k3s runs ({@code spec.controlPlane}, {@code spec.version}, {@code spec.network}). */
package dev.sandboxcluster.operator.capability.controlplane;
