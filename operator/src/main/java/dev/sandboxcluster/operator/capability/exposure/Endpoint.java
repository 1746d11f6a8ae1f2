package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.operator.objects.Hosts;
import dev.sandboxcluster.operator.objects.Identity;
import java.net.URI;
import java.util.Optional;

/**
 * Under which URL an API server is reached.
 *
 * @param tlsServerName the name to verify in place of the URL's host: for an address that was not known when the
 *     serving certificate was made
 */
public record Endpoint(URI url, Optional<String> tlsServerName) {

    /** The Service's port for pods of the host cluster. */
    static final int SERVICE_PORT = 443;

    /** The URL for pods of the host cluster: the Service's name. */
    public static Endpoint internal(Identity sandbox) {
        return of(serviceHost(sandbox), SERVICE_PORT, Optional.empty());
    }

    /** The Service's name, as pods of the host cluster in every namespace resolve it. */
    static String serviceHost(Identity sandbox) {
        return sandbox.name() + "." + sandbox.namespace() + ".svc";
    }

    /** A name, or an IP address without brackets. */
    public String host() {
        return Hosts.of(url);
    }

    /** The port. */
    public int port() {
        return url.getPort();
    }

    static Endpoint of(String host, int port, Optional<String> tlsServerName) {
        return new Endpoint(URI.create("https://" + Hosts.withPort(host, port)), tlsServerName);
    }
}
