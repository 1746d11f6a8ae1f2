/** Talks to the processes of control planes. */
package dev.sandboxcluster.operator.capability.doze.session;
