package dev.sandboxcluster.operator.workers.policy;

/**
 * A bootstrap token by which machines join.
 *
 * @param id public, six characters
 * @param secret never printed
 * @param group of the machines that join with it
 */
public record JoinToken(String id, String secret, String group) {

    @Override
    public String toString() {
        return "JoinToken[id=" + id + ", group=" + group + "]";
    }
}
