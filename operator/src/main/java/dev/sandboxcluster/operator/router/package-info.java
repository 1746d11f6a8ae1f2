/**
 * The router, a process of its own: forwards TLS connections to sandboxes by the server name that clients ask for, and says
 * in their routes who uses them. Knows nothing of reconciling.
 */
package dev.sandboxcluster.operator.router;
