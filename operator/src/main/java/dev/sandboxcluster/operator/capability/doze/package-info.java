/** Capability: what a sandbox does when nobody uses it ({@code lifetime.dozeAfter} and its siblings). */
package dev.sandboxcluster.operator.capability.doze;
