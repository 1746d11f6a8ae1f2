/** Capability: the CAs, keys and token of a sandbox, in the Secret {@code <name>-pki}. */
package dev.sandboxcluster.operator.capability.keys;
