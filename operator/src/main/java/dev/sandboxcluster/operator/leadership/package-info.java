/** Who of several operators acts: one at a time, by a Lease of the host cluster. */
package dev.sandboxcluster.operator.leadership;
