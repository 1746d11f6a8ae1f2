package dev.sandboxcluster.operator.tenant;

import java.net.URI;
import java.util.Objects;

/**
 * What to dial, and what to trust there: the content of a published kubeconfig.
 *
 * @param server the {@code https} URL of the API; port 443 where it names none
 * @param tlsServerName the name to ask for (SNI) and to verify instead of the URL's host, as kubectl does with
 *     {@code tls-server-name}; null for the URL's host
 * @param caCertificate PEM; nothing else is trusted
 * @param clientCertificate PEM, the leaf first
 * @param clientKey PEM: PKCS #8, or SEC 1 ({@code EC PRIVATE KEY})
 * @param persistent whether its objects are on a volume, which outlives its pod, and may run full while the API goes on
 *     answering
 * @param incarnation changes when the control plane was started anew, so that what was seen before says nothing now
 */
public record Target(
        URI server,
        String tlsServerName,
        String caCertificate,
        String clientCertificate,
        String clientKey,
        boolean persistent,
        String incarnation) {

    private static final int HTTPS_PORT = 443;

    public Target {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(caCertificate, "caCertificate");
        Objects.requireNonNull(clientCertificate, "clientCertificate");
        Objects.requireNonNull(clientKey, "clientKey");
        Objects.requireNonNull(incarnation, "incarnation");
    }

    /** The host to connect to: a name, or an IP address without brackets. */
    String host() {
        return server.getHost().replaceAll("[\\[\\]]", "");
    }

    int port() {
        return server.getPort() == -1 ? HTTPS_PORT : server.getPort();
    }

    /** Host and port as people write them. */
    String address() {
        return server.getHost() + ":" + port();
    }

    /** The name, or IP address, that the server's certificate has to be valid for. */
    String verifiedName() {
        return tlsServerName == null ? host() : tlsServerName;
    }

    /** Without the key and the certificates. */
    @Override
    public String toString() {
        return "Target[server=" + server + ", tlsServerName=" + tlsServerName + ", incarnation=" + incarnation + "]";
    }
}
