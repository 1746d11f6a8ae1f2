/** Who applies objects in sandboxes, beside the reconciler. */
package dev.sandboxcluster.operator.capability.bootstrap.session;
