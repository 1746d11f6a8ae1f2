/**
 * Who may be a node of a sandbox, and how its nodes do: pure functions from the tenant's objects to decisions. Nothing
 * here reads a clock, an environment or an API.
 */
package dev.sandboxcluster.operator.workers.policy;
