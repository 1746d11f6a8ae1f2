/** Capability: from where a sandbox's API can be reached ({@code spec.expose}, {@code spec.tlsSANs}). */
package dev.sandboxcluster.operator.capability.exposure;
