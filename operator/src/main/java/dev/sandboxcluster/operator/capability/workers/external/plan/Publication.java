package dev.sandboxcluster.operator.capability.workers.external.plan;

/**
 * A Service of a sandbox that its hosted nodes are to forward from outside.
 *
 * @param name in the spec
 * @param namespace of the Service
 * @param service its name
 * @param port its TCP port
 */
public record Publication(String name, String namespace, String service, int port) {

    /** The Service as people write it. */
    public String text() {
        return namespace + "/" + service;
    }
}
