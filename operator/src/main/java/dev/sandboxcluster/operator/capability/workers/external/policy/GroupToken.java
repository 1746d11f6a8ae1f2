package dev.sandboxcluster.operator.capability.workers.external.policy;

/**
 * A bootstrap token by which machines join.
 *
 * @param id public, six characters
 * @param secret never printed
 * @param group of the machines that join with it
 */
public record GroupToken(String id, String secret, String group) {

    @Override
    public String toString() {
        return "GroupToken[id=" + id + ", group=" + group + "]";
    }
}
