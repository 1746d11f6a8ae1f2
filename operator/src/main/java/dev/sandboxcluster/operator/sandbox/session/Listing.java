package dev.sandboxcluster.operator.sandbox.session;

import io.fabric8.kubernetes.api.model.KubernetesResourceList;

/**
 * Objects of one kind in a sandbox.
 *
 * @param path of the resource, such as {@code /api/v1/nodes}
 * @param selector the query's parameters that select some of them; empty: all
 * @param type of the list
 * @param most how many there may be
 */
public record Listing<L extends KubernetesResourceList<?>>(String path, String selector, Class<L> type, int most) {

    String query(String parameters) {
        return path + "?" + (selector.isEmpty() ? "" : selector + "&") + parameters;
    }
}
