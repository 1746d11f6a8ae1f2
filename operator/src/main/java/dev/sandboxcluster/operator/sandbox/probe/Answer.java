package dev.sandboxcluster.operator.sandbox.probe;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * An answer to an HTTP request.
 *
 * @param contentType the header as it is; empty when there's none
 */
record Answer(int status, String contentType, String body) {

    boolean html() {
        return contentType.startsWith("text/html");
    }

    /** The API server's own message, if the body is a {@code Status}. */
    Optional<String> message() {
        return json().map(status -> status.getValue("message")).map(String::valueOf);
    }

    /** The body, if it is a JSON object. */
    Optional<JsonObject> json() {
        try {
            return contentType.startsWith("application/json") ? Optional.of(new JsonObject(body)) : Optional.empty();
        } catch (DecodeException e) {
            return Optional.empty();
        }
    }
}
