package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import io.vertx.core.parsetools.RecordParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * HTTP with one sandbox, over at most one connection, which lasts until an attempt fails. Used from one Vert.x context
 * alone.
 */
final class SandboxHttp {

    private static final int LARGEST_ANSWER = 64 * 1024;
    private static final String METRICS = "/metrics";
    private static final String JSON = "application/json";

    /** With hundreds of kinds in use they are some 3 MB. */
    private static final long LONGEST_METRICS = 16L * 1024 * 1024;

    private final Vertx vertx;
    private final SandboxAccess access;
    private final HttpClient client;

    private HttpConnection connection;
    /** Counts attempts, and their ends, so that what arrives late can be told from what is waited for. */
    private int attempt;

    /** @throws ProbeException when the target's URL, certificates or key can't be used */
    SandboxHttp(Vertx vertx, SandboxAccess access, Duration connectTimeout) throws ProbeException {
        this.vertx = vertx;
        this.access = access;
        this.client = vertx.createHttpClient(options(access, connectTimeout));
    }

    private static HttpClientOptions options(SandboxAccess access, Duration connectTimeout) throws ProbeException {
        if (!"https".equalsIgnoreCase(access.server().getScheme())
                || access.server().getHost() == null) {
            throw new ProbeException(EndpointFailure.InvalidTarget, access.server() + " is no https URL");
        }
        return new HttpClientOptions()
                .setSsl(true)
                .setVerifyHost(true)
                // An address is no server name in TLS.
                .setForceSni(!isAddress(access.verifiedName()))
                .setKeyCertOptions(ClientIdentity.of(access))
                .setTrustOptions(TrustOptions.wrap(new SandboxTrust(trustIn(access.caCertificate()), access)))
                .setConnectTimeout((int) connectTimeout.toMillis())
                .setSslHandshakeTimeout(connectTimeout.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxPoolSize(1);
    }

    private static boolean isAddress(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private static X509ExtendedTrustManager trustIn(String caCertificate) throws ProbeException {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate ca : CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(caCertificate.getBytes(StandardCharsets.US_ASCII)))) {
                trusted.setCertificateEntry("ca-" + trusted.size(), ca);
            }
            if (trusted.size() == 0) {
                throw new CertificateException("empty");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(trusted);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new ProbeException(EndpointFailure.InvalidTarget, "the CA certificate can't be read");
        }
    }

    /**
     * Runs an attempt. When it takes longer than {@code bound}, or fails otherwise than by the API server's own answer,
     * the next one gets a new connection.
     */
    <T> Future<T> within(Duration bound, Supplier<Future<T>> work) {
        attempt++;
        Promise<T> ended = Promise.promise();
        long timer = vertx.setTimer(bound.toMillis(), t -> ended.tryFail(tooLate()));
        Future.succeededFuture()
                .compose(now -> work.get())
                .onSuccess(ended::tryComplete)
                .onFailure(ended::tryFail);
        return ended.future().onComplete(outcome -> {
            attempt++;
            vertx.cancelTimer(timer);
            if (outcome.failed() && !ProbeException.answered(outcome.cause())) {
                Optional.ofNullable(connection).ifPresent(HttpConnection::close);
                connection = null;
            }
        });
    }

    private ProbeException tooLate() {
        return connection == null
                ? new ProbeException(
                        EndpointFailure.ConnectTimeout, "no connection to " + access.address() + " in time")
                : new ProbeException(
                        EndpointFailure.NoAnswer, access.address() + " accepts requests but doesn't answer");
    }

    /**
     * Sends a request, as part of an attempt.
     *
     * @param path below the server's URL
     * @param json the body; null for none
     */
    Future<Answer> send(HttpMethod method, String path, Buffer json) {
        return send(method, path, json, JSON, SandboxHttp::read);
    }

    /** Applies an object on the server's side, as part of an attempt. */
    Future<Answer> apply(String path, Buffer json) {
        return send(HttpMethod.PATCH, path, json, "application/apply-patch+yaml", SandboxHttp::read);
    }

    /**
     * Reads the API server's metrics, which are too long to be kept, line by line, as part of an attempt; more than 16 MiB
     * fail.
     */
    Future<Void> readMetrics(Consumer<String> each) {
        return send(HttpMethod.GET, METRICS, null, JSON, response -> readLines(response, each));
    }

    private <T> Future<T> send(
            HttpMethod method, String path, Buffer json, String type, Function<HttpClientResponse, Future<T>> reader) {
        int mine = attempt;
        RequestOptions request = new RequestOptions()
                .setMethod(method)
                .setServer(SocketAddress.inetSocketAddress(access.port(), access.host()))
                // The name that TLS is about.
                .setHost(access.verifiedName())
                .setPort(access.port())
                .setURI(access.server().getRawPath().replaceAll("/$", "") + path)
                .putHeader(HttpHeaders.USER_AGENT, Labels.OPERATOR)
                .putHeader(HttpHeaders.ACCEPT, "application/json, */*");
        if (json != null) {
            request.putHeader(HttpHeaders.CONTENT_TYPE, type);
        }
        return client.request(request).compose(open -> {
            // Otherwise Vert.x logs what the futures tell anyway.
            open.exceptionHandler(known -> {});
            if (mine != attempt) {
                open.connection().close();
                return Future.failedFuture(tooLate());
            }
            connection = open.connection();
            return (json == null ? open.send() : open.send(json)).compose(reader);
        });
    }

    private static Future<Answer> read(HttpClientResponse response) {
        Promise<Answer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.handler(part -> {
            if (body.length() + part.length() > LARGEST_ANSWER) {
                whole.tryFail(new ProbeException(EndpointFailure.UnexpectedResponse, "an endless answer"));
            } else {
                body.appendBuffer(part);
            }
        });
        response.endHandler(end -> whole.tryComplete(new Answer(
                response.statusCode(),
                Optional.ofNullable(response.getHeader(HttpHeaders.CONTENT_TYPE))
                        .orElse(""),
                body.toString())));
        return whole.future();
    }

    private static Future<Void> readLines(HttpClientResponse response, Consumer<String> each) {
        Promise<Void> whole = Promise.promise();
        AtomicLong read = new AtomicLong();
        RecordParser lines = RecordParser.newDelimited("\n", line -> each.accept(line.toString()))
                .maxRecordSize(LARGEST_ANSWER)
                .exceptionHandler(whole::tryFail);
        response.exceptionHandler(whole::tryFail);
        response.handler(part -> {
            if (read.addAndGet(part.length()) > LONGEST_METRICS) {
                whole.tryFail(new ProbeException(EndpointFailure.UnexpectedResponse, "an endless answer"));
            } else if (!whole.future().isComplete()) {
                lines.handle(part);
            }
        });
        response.endHandler(end -> whole.tryComplete());
        return whole.future();
    }

    /** Ends what is under way. */
    void close() {
        client.close();
    }
}
