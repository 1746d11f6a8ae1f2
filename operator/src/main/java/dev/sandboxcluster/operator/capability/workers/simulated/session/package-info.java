/** Makes the simulated Nodes in a sandbox, and looks how they do. */
package dev.sandboxcluster.operator.capability.workers.simulated.session;
