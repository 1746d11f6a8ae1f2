/** Who looks after the nodes of a sandbox that machines joined as: one session each, beside the reconciler. */
package dev.sandboxcluster.operator.capability.workers.external.session;
