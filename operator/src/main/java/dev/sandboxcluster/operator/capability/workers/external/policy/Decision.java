package dev.sandboxcluster.operator.capability.workers.external.policy;

import dev.sandboxcluster.api.v1alpha1.DenyReason;

/** What the operator does about a CertificateSigningRequest in a sandbox. */
public sealed interface Decision {

    /**
     * Approve it.
     *
     * @param group of the token that a client certificate is for; empty with a serving certificate
     */
    record Approve(String nodeName, String group, String message) implements Decision {}

    /**
     * Deny it, for good: a machine must ask again with another request.
     *
     * @param reason one of {@link DenyReason}
     * @param message what is wrong and what to do, for a person
     */
    record Deny(String reason, String message) implements Decision {}

    /** Look again in a few seconds: what the decision depends on may not have arrived yet. */
    record Wait(String message) implements Decision {}

    /** Leave it alone: it is decided already, or for somebody else to decide. */
    record NotOurs() implements Decision {}
}
