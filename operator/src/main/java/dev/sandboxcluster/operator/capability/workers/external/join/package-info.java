/**
 * The join bundle: everything that a machine anywhere needs to become a worker of a sandbox. Pure functions from inputs
 * to texts; nothing here reads a clock, an environment or an API.
 */
package dev.sandboxcluster.operator.capability.workers.external.join;
