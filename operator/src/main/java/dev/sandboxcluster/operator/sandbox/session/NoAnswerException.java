package dev.sandboxcluster.operator.sandbox.session;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** A sandbox took a request and did not answer it in time. */
public final class NoAnswerException extends KubernetesClientException {

    private static final long serialVersionUID = 1L;

    /** @param what as a part of a sentence */
    public NoAnswerException(String what) {
        super(what);
    }
}
