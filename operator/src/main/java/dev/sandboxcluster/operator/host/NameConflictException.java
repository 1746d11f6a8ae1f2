package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.operator.verdict.Verdict;

/** An object is in the way that does not belong to the SandboxCluster. */
final class NameConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Verdict verdict;

    NameConflictException(Verdict verdict) {
        super(verdict.message());
        this.verdict = verdict;
    }

    Verdict verdict() {
        return verdict;
    }
}
