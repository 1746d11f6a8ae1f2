/** What the control plane's pod is put together from: each capability adds its own; pure. */
package dev.sandboxcluster.operator.pod;
