package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.JoinKeys;
import dev.sandboxcluster.operator.capability.workers.external.join.Machine.Result;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The scripts of a bundle for an endpoint, as a test wants it. */
record JoinScripts(
        Bootstrap kind, int port, String ca, String caHash, String secret, Instant expiration, boolean proof) {

    static final String SECRET = "0123456789abcdef";

    static JoinScripts of(Bootstrap kind, TestEndpoint endpoint) {
        return new JoinScripts(
                kind,
                endpoint.port(),
                endpoint.caCertificate(),
                endpoint.caHash(),
                SECRET,
                Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS),
                false);
    }

    JoinScripts at(int otherPort) {
        return new JoinScripts(kind, otherPort, ca, caHash, secret, expiration, proof);
    }

    JoinScripts pinnedTo(String otherCa, String otherHash) {
        return new JoinScripts(kind, port, otherCa, otherHash, secret, expiration, proof);
    }

    JoinScripts withSecret(String other) {
        return new JoinScripts(kind, port, ca, caHash, other, expiration, proof);
    }

    JoinScripts expiring(Instant other) {
        return new JoinScripts(kind, port, ca, caHash, secret, other, proof);
    }

    JoinScripts withProof() {
        return new JoinScripts(kind, port, ca, caHash, secret, expiration, true);
    }

    Result join(Machine machine, String... options) {
        return machine.run(text(JoinKeys.JOIN_SCRIPT), options);
    }

    Result leave(Machine machine) {
        return machine.run(text(JoinKeys.LEAVE_SCRIPT));
    }

    String server() {
        return "https://127.0.0.1:" + port;
    }

    String text(String key) {
        return Objects.requireNonNull(JoinBundle.data(new JoinParameters(
                        "demo",
                        "previews",
                        "gpu",
                        kind,
                        "127.0.0.1",
                        port,
                        "v1.33.5+k3s1",
                        ca,
                        caHash,
                        ca,
                        new JoinToken("abc123", secret, expiration),
                        proof,
                        Map.of("tier", "it's $(no) \"joke\"", "node-restriction.kubernetes.io/pool", "x"),
                        List.of(),
                        "10.53.0.10",
                        "cluster.local",
                        "10.52.0.0/16"))
                .get(key));
    }
}
