/** What is to be applied in a sandbox, read from text, and what became of it; pure. */
package dev.sandboxcluster.operator.capability.bootstrap.plan;
