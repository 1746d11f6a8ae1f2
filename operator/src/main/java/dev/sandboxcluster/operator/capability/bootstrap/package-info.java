/** What a sandbox has in it before it is Ready: what of it the spec asks for, and whether it is there. */
package dev.sandboxcluster.operator.capability.bootstrap;
