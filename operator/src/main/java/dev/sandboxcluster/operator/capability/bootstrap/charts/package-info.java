/** Helm charts that a sandbox has in it before it is Ready: what installs one, and what became of that. */
package dev.sandboxcluster.operator.capability.bootstrap.charts;
