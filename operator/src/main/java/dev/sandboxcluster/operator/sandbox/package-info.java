/** What is known of a sandbox's own API and how it is reached; pure. Who dials it is in the packages below. */
package dev.sandboxcluster.operator.sandbox;
