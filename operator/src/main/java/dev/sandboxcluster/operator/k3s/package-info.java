/** The contract with k3s: flags and their order, paths, ports, file names; pure. */
package dev.sandboxcluster.operator.k3s;
