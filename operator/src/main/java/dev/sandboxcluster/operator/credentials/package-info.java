/**
 * Certificate authorities, client certificates, tokens and kubeconfigs of a sandbox: pure functions from inputs to
 * bytes. Nothing here reads a clock, an environment or an API; randomness comes from {@link java.security.SecureRandom}.
 */
package dev.sandboxcluster.operator.credentials;
