/** How long a sandbox lives, and when it runs. */
package dev.sandboxcluster.operator.capability.lifetime;
