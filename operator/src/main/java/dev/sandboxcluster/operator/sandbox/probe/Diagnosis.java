package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.operator.sandbox.Observation.Failing;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.verdict.Wording;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/** Says in words, and as a kind, why a sandbox's API can't be used. */
record Diagnosis(SandboxAccess access) {

    private static final int MOST_CHECKS = 6;
    private static final String FAILED_CHECK = "[-]";

    /** What an attempt that ended with an exception says. */
    Failing failure(Throwable failure) {
        Failing deepest = new Failing(
                EndpointFailure.UnexpectedResponse, address() + " doesn't answer in HTTP: " + text(failure));
        // What wraps a cause knows less of it.
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            deepest = known(cause).orElse(deepest);
        }
        return deepest;
    }

    private Optional<Failing> known(Throwable cause) {
        if (cause instanceof ProbeException e) {
            return Optional.of(new Failing(e.kind(), e.getMessage()));
        } else if (cause instanceof UnknownHostException) {
            return Optional.of(
                    new Failing(EndpointFailure.DNSFailure, access.host() + " has no address: " + text(cause)));
        } else if (cause instanceof ConnectTimeoutException) {
            return Optional.of(new Failing(EndpointFailure.ConnectTimeout, "nobody answers at " + address()));
        } else if (cause instanceof SslHandshakeTimeoutException) {
            return Optional.of(
                    new Failing(EndpointFailure.NoAnswer, address() + " accepts connections but stays silent"));
        } else if (cause instanceof NoRouteToHostException || unreachable(cause)) {
            return Optional.of(new Failing(EndpointFailure.Unreachable, "no way to " + address() + ": " + text(cause)));
        } else if (cause instanceof ConnectException) {
            return Optional.of(new Failing(EndpointFailure.ConnectionRefused, "nothing listens at " + address()));
        } else if (cause instanceof SSLException) {
            return Optional.of(tls(text(cause)));
        } else if (cause instanceof IOException || cause instanceof HttpClosedException) {
            return Optional.of(
                    new Failing(EndpointFailure.ConnectionReset, address() + " closes connections: " + text(cause)));
        }
        return Optional.empty();
    }

    private Failing tls(String words) {
        if (Wording.UNRECOGNIZED_NAME.isSaidIn(words)) {
            return new Failing(
                    EndpointFailure.NameNotRouted,
                    address() + " is reached, and knows nobody of the name " + access.verifiedName());
        }
        return Wording.INTERNAL_ERROR.isSaidIn(words)
                ? new Failing(EndpointFailure.NoAnswer, address() + " is reached, but not the control plane behind it")
                : new Failing(EndpointFailure.TLSFailure, "no TLS with " + address() + ": " + words);
    }

    private static boolean unreachable(Throwable cause) {
        return cause instanceof IOException && Wording.NETWORK_UNREACHABLE.isSaidIn(text(cause));
    }

    /** What an answer says that isn't the one hoped for. */
    ProbeException answer(String path, Answer answer) {
        return answer("GET", path, answer);
    }

    /** The same of another method. */
    ProbeException answer(String method, String path, Answer answer) {
        String what = method + " " + path + " at " + address();
        if (answer.html()) {
            return unexpected(what, answer);
        }
        return switch (answer.status()) {
            case 401 ->
                new ProbeException(
                        EndpointFailure.Unauthorized,
                        what + ": the client certificate isn't accepted (401)" + why(answer));
            case 403 ->
                new ProbeException(
                        EndpointFailure.Forbidden,
                        what + ": the client certificate is known but may not (403)" + why(answer));
            case 429, 500, 502, 503, 504 ->
                new ProbeException(EndpointFailure.NotReady, what + ": " + answer.status() + why(answer));
            default -> unexpected(what, answer);
        };
    }

    private static ProbeException unexpected(String what, Answer answer) {
        String type = answer.contentType().isEmpty() ? "no content type" : answer.contentType();
        return new ProbeException(
                EndpointFailure.UnexpectedResponse,
                what + ": " + answer.status() + " (" + type + "), which isn't what a Kubernetes API server answers");
    }

    /** The checks that failed, or the API server's own message; starts with a separator where there's any. */
    private static String why(Answer answer) {
        List<String> checks = answer.body()
                .lines()
                .filter(line -> line.startsWith(FAILED_CHECK))
                .map(line -> line.substring(FAILED_CHECK.length()).split(" ", 2)[0])
                .toList();
        if (!checks.isEmpty()) {
            String named = checks.stream().limit(MOST_CHECKS).collect(Collectors.joining(", "));
            int others = checks.size() - MOST_CHECKS;
            return ", waiting for " + named + (others > 0 ? " and " + others + " more" : "");
        }
        return answer.message().map(message -> ", " + message).orElse("");
    }

    private String address() {
        return access.address();
    }

    private static String text(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
