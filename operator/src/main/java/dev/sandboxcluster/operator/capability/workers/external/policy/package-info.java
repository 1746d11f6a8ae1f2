/**
 * Who may be a node of a sandbox, and how its nodes do: pure functions from the sandbox's objects to decisions. Nothing
 * here reads a clock, an environment or an API.
 */
package dev.sandboxcluster.operator.capability.workers.external.policy;
