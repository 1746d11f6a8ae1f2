package dev.sandboxcluster.operator.host;

/** A SandboxCluster was deleted while it was reconciled: nothing is to be done for it any more. */
public final class OwnerGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public OwnerGoneException(String name) {
        super("SandboxCluster " + name + " was deleted");
    }
}
