/** Whether the certificates that k3s makes for itself are about to end, and when a start renews them. */
package dev.sandboxcluster.operator.capability.renewal;
