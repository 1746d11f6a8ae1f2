package dev.sandboxcluster.operator.sandbox;

import dev.sandboxcluster.operator.objects.Hosts;
import java.net.URI;
import java.util.Objects;

/**
 * How to reach a sandbox's API, and as whom: the content of a kubeconfig.
 *
 * @param server the {@code https} URL of the API; port 443 where it names none
 * @param tlsServerName the name to ask for (SNI) and to verify instead of the URL's host, as kubectl does with
 *     {@code tls-server-name}; null for the URL's host
 * @param caCertificate PEM; nothing else is trusted
 * @param clientCertificate PEM, the leaf first
 * @param clientKey PEM: PKCS #8, or SEC 1 ({@code EC PRIVATE KEY})
 */
public record SandboxAccess(
        URI server, String tlsServerName, String caCertificate, String clientCertificate, String clientKey) {

    private static final int HTTPS_PORT = 443;

    public SandboxAccess {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(caCertificate, "caCertificate");
        Objects.requireNonNull(clientCertificate, "clientCertificate");
        Objects.requireNonNull(clientKey, "clientKey");
    }

    /** The same credentials at another URL, whose host is in the server's certificate. */
    public SandboxAccess at(URI other) {
        return at(other, null);
    }

    /** The same credentials at another URL. */
    public SandboxAccess at(URI other, String otherTlsServerName) {
        return new SandboxAccess(other, otherTlsServerName, caCertificate, clientCertificate, clientKey);
    }

    /** The same URL with another client's credentials. */
    public SandboxAccess as(String certificate, String key) {
        return new SandboxAccess(server, tlsServerName, caCertificate, certificate, key);
    }

    /** The host to connect to: a name, or an IP address without brackets. */
    public String host() {
        return Hosts.of(server);
    }

    /** The port to connect to. */
    public int port() {
        return server.getPort() == -1 ? HTTPS_PORT : server.getPort();
    }

    /** Host and port as people write them. */
    public String address() {
        return server.getHost() + ":" + port();
    }

    /** The name, or IP address, that the server's certificate has to be valid for. */
    public String verifiedName() {
        return tlsServerName == null ? host() : tlsServerName;
    }

    /** Without the key and the certificates. */
    @Override
    public String toString() {
        return "SandboxAccess[server=" + server + ", tlsServerName=" + tlsServerName + "]";
    }
}
