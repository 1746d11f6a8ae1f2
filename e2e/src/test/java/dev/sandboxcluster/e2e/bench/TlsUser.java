package dev.sandboxcluster.e2e.bench;

import dev.sandboxcluster.api.v1alpha1.KubeconfigKeys;
import dev.sandboxcluster.e2e.Sandbox;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.internal.CertUtils;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Who asks a sandbox in HTTP/1.1 over connections that are opened and closed when a measurement wants it, with the server
 * name that the kubeconfig has: the JDK's HTTP client takes it from the URL.
 */
final class TlsUser {

    private static final int PATIENCE_MILLIS = 30_000;

    /** The type of TLS's records before a connection is secured. */
    private static final int HANDSHAKE = 22;

    private final URI server;
    private final String serverName;
    private final SSLContext tls;

    private TlsUser(URI server, String serverName, SSLContext tls) {
        this.server = server;
        this.serverName = serverName;
        this.tls = tls;
    }

    /** The holder of a published kubeconfig. */
    static TlsUser of(Secret kubeconfig) {
        URI server = URI.create(Sandbox.value(kubeconfig, KubeconfigKeys.SERVER));
        String name = kubeconfig.getData().containsKey(KubeconfigKeys.TLS_SERVER_NAME)
                ? Sandbox.value(kubeconfig, KubeconfigKeys.TLS_SERVER_NAME)
                : server.getHost();
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            char[] none = new char[0];
            keys.init(
                    CertUtils.createKeyStore(
                            pem(kubeconfig, KubeconfigKeys.CLIENT_CERTIFICATE),
                            pem(kubeconfig, KubeconfigKeys.CLIENT_KEY),
                            "EC",
                            none,
                            null,
                            none),
                    none);
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, none);
            trusted.setCertificateEntry(
                    "ca",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(pem(kubeconfig, KubeconfigKeys.CA_CERTIFICATE)));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return new TlsUser(server, name, tls);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the kubeconfig can't be read", e);
        }
    }

    private static InputStream pem(Secret secret, String key) {
        return new ByteArrayInputStream(Sandbox.value(secret, key).getBytes(StandardCharsets.US_ASCII));
    }

    /** A new connection, after its handshake. */
    Connection connect() throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), PATIENCE_MILLIS);
        SSLSocket secured =
                (SSLSocket) tls.getSocketFactory().createSocket(socket, server.getHost(), server.getPort(), true);
        secured.setSoTimeout(PATIENCE_MILLIS);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return new Connection(secured, new BufferedInputStream(secured.getInputStream(), 1 << 16));
    }

    /** A new connection that gets no further than the sandbox's first answer: what a router has to do, and little else. */
    void greet() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), PATIENCE_MILLIS);
            socket.getOutputStream().write(hello());
            if (socket.getInputStream().read() != HANDSHAKE) {
                throw new IOException("no answer to a hello");
            }
        }
    }

    private byte[] hello() throws IOException {
        SSLEngine engine = tls.createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        engine.setSSLParameters(parameters);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    record Connection(SSLSocket socket, InputStream in) implements AutoCloseable {

        /**
         * Asks, and reads the whole answer.
         *
         * @return how many bytes it has
         */
        long get(String path) throws IOException {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: sandbox\r\nAccept: application/json\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String status = line();
            if (!status.contains(" 200 ")) {
                throw new IOException("GET " + path + ": " + status);
            }
            Optional<Long> length = Optional.empty();
            for (String header = line(); !header.isEmpty(); header = line()) {
                if (header.toLowerCase().startsWith("content-length:")) {
                    length = Optional.of(Long.valueOf(
                            header.substring(header.indexOf(':') + 1).strip()));
                }
            }
            return length.isPresent() ? skip(length.get()) : chunks();
        }

        private long chunks() throws IOException {
            long all = 0;
            while (true) {
                long chunk = Long.parseLong(line(), 16);
                all += skip(chunk);
                line();
                if (chunk == 0) {
                    return all;
                }
            }
        }

        private long skip(long length) throws IOException {
            in.skipNBytes(length);
            return length;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int read = in.read(); read != '\n'; read = in.read()) {
                if (read < 0) {
                    throw new IOException("the connection was closed");
                }
                if (read != '\r') {
                    line.append((char) read);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
