/** The connection to a sandbox's own API for those who look after something in it. */
package dev.sandboxcluster.operator.sandbox.session;
