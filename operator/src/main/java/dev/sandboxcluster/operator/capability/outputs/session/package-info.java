/** What ends the Secrets that no owner reference reaches, beside the reconciler. */
package dev.sandboxcluster.operator.capability.outputs.session;
