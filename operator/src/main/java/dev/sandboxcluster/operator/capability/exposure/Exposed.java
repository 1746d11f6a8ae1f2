package dev.sandboxcluster.operator.capability.exposure;

import java.util.Optional;

/**
 * Where the API server is reached.
 *
 * @param addresses the Service's; empty: there is no Service
 * @param published the URL to publish; empty: not known yet
 * @param internal the URL for users who are pods of the host cluster
 * @param forWorkers the IP address and port at which machines join; empty: not known, or none can
 */
public record Exposed(
        Optional<ServiceAddresses> addresses,
        Optional<Endpoint> published,
        Optional<Endpoint> internal,
        Optional<Endpoint> forWorkers) {

    /** It is not reached yet. */
    public static final Exposed NOWHERE =
            new Exposed(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** The IPv4 address of the Service in the host cluster. */
    public Optional<String> clusterIp() {
        return addresses.flatMap(ServiceAddresses::clusterIp);
    }

    /** The IP address at which machines join. */
    public Optional<String> workerAddress() {
        return forWorkers.map(Endpoint::host);
    }

    /** The IP address and port at which pods of the host cluster join. */
    public Optional<Endpoint> forHosted() {
        return clusterIp().map(address -> Endpoint.of(address, Endpoint.SERVICE_PORT, Optional.empty()));
    }

    /** The URL to publish, as text. */
    public Optional<String> url() {
        return published.map(endpoint -> endpoint.url().toString());
    }
}
