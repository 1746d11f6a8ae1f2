/** Which simulated Nodes are to be in a sandbox, how they are, and what became of them; pure. */
package dev.sandboxcluster.operator.capability.workers.simulated.plan;
