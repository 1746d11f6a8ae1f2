package dev.sandboxcluster.operator.sandbox.probe;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Base64;

/** A provider of OpenID Connect, as far as an API server sees one: its discovery document and its keys. */
final class TestIssuer implements AutoCloseable {

    private static final int COORDINATE = 32;

    private final TestAuthority authority = new TestAuthority("issuer-ca");
    private final KeyPair keys = TestAuthority.newKeys();
    private final HttpServer server;

    TestIssuer(Vertx vertx) {
        TestAuthority.Issued identity = authority.issue("issuer", "127.0.0.1");
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertValue(Buffer.buffer(identity.certificate()))
                                .addKeyValue(Buffer.buffer(identity.pkcs8()))))
                .requestHandler(request -> request.response()
                        .putHeader("Content-Type", "application/json")
                        .end((request.path().endsWith("/keys") ? jwks() : discovery()).encode()));
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }

    String url() {
        return "https://127.0.0.1:" + server.actualPort();
    }

    String certificateAuthority() {
        return authority.certificate();
    }

    /** A signed token of {@code example.com}. */
    String token(String subject, String audience) {
        long now = Instant.now().getEpochSecond();
        String content = encode(new JsonObject().put("alg", "ES256").put("kid", "1"))
                + "."
                + encode(new JsonObject()
                        .put("iss", url())
                        .put("sub", subject)
                        .put("aud", audience)
                        .put("iat", now)
                        .put("exp", now + 3600)
                        .put("hd", "example.com")
                        .put("team", "blue")
                        .put("uid", "7"));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(keys.getPrivate());
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + encode(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonObject discovery() {
        return new JsonObject().put("issuer", url()).put("jwks_uri", url() + "/keys");
    }

    private JsonObject jwks() {
        ECPublicKey key = (ECPublicKey) keys.getPublic();
        return new JsonObject()
                .put(
                        "keys",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("kty", "EC")
                                        .put("crv", "P-256")
                                        .put("kid", "1")
                                        .put("use", "sig")
                                        .put("alg", "ES256")
                                        .put("x", encode(coordinate(key.getW().getAffineX())))
                                        .put("y", encode(coordinate(key.getW().getAffineY())))));
    }

    private static byte[] coordinate(BigInteger number) {
        byte[] signed = number.toByteArray();
        byte[] fixed = new byte[COORDINATE];
        int length = Math.min(signed.length, COORDINATE);
        System.arraycopy(signed, signed.length - length, fixed, COORDINATE - length, length);
        return fixed;
    }

    private static String encode(JsonObject json) {
        return encode(json.encode().getBytes(StandardCharsets.UTF_8));
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
