package dev.sandboxcluster.operator.sandbox;

/**
 * Whom a sandbox gives all rights by RBAC, so that it can take them away.
 *
 * @param group who holds the published kubeconfig is in it
 * @param giver whom RBAC can't refuse anything
 */
public record Administrators(String group, SandboxAccess giver) {

    /** The same, where the API is asked for by another name. */
    public Administrators by(String tlsServerName) {
        return new Administrators(group, giver.at(giver.server(), tlsServerName));
    }
}
