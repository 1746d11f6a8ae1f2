/** The host cluster: its objects read from caches, written by server-side apply, and watched. */
package dev.sandboxcluster.operator.host;
