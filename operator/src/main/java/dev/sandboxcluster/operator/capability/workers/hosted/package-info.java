/**
 * Capability: pods of the host cluster that are a sandbox's nodes ({@code spec.workers.hosted}). They join as external
 * workers do, which is {@code workers.external}'s; here is what they are on the host cluster.
 */
package dev.sandboxcluster.operator.capability.workers.hosted;
