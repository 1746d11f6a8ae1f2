/** The reconciler: the stages of the capabilities in order, and what is made of all their outcomes together. */
package dev.sandboxcluster.operator.cluster;
