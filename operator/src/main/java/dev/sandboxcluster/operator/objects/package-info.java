/** What all objects of a sandbox in the host cluster have in common, and how to read them; pure. */
package dev.sandboxcluster.operator.objects;
