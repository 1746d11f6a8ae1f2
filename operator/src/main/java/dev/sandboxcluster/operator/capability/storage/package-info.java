/** Capability: where a sandbox's objects are kept, and whether they are ({@code spec.storage}). */
package dev.sandboxcluster.operator.capability.storage;
