/**
 * Capability: machines anywhere that join a sandbox as its nodes ({@code spec.workers.external}). {@code join} is what
 * they join with, {@code policy} decides who may, {@code session} looks after them in the sandbox.
 */
package dev.sandboxcluster.operator.capability.workers.external;
