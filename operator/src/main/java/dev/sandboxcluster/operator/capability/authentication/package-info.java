/** Capability: whose tokens the sandbox's API server accepts ({@code spec.authentication}). */
package dev.sandboxcluster.operator.capability.authentication;
