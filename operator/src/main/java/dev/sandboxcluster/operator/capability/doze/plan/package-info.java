/** What processes are told, and what became of it. */
package dev.sandboxcluster.operator.capability.doze.plan;
