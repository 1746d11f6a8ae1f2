/** Wakes sandboxes that wait for room in their namespace. */
package dev.sandboxcluster.operator.capability.classes.session;
