/**
 * Asks each sandbox's own API, at its published URL and with its published credentials, whether it can be used; tells
 * the reconciler when the answer changed.
 */
package dev.sandboxcluster.operator.sandbox.probe;
