/** What is wanted of those who look after a sandbox's external workers, and what they report; pure. */
package dev.sandboxcluster.operator.capability.workers.external.plan;
