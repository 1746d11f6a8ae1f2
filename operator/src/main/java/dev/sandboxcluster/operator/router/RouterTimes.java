package dev.sandboxcluster.operator.router;

import java.time.Duration;

/**
 * How long the router waits.
 *
 * @param answer from the beginning of a connection to the first byte of its sandbox. A client of Go gives up a TLS
 *     handshake after 10 s (k8s.io/apimachinery, util/net, SetTransportDefaults), and does not try again then; where the
 *     connection ends before, it does
 * @param quietHold the same for who comes by a quiet name, until the sandbox takes the connection
 * @param firstConnect for an address that isn't the last to be tried
 * @param connect for the last address
 * @param retry between two attempts, where no address takes the connection
 * @param halfClosed one side has sent its last: how long the other may send nothing
 */
public record RouterTimes(
        Duration answer,
        Duration quietHold,
        Duration firstConnect,
        Duration connect,
        Duration retry,
        Duration halfClosed) {

    /** What suits clients of Kubernetes. */
    public static final RouterTimes DEFAULT = new RouterTimes(
            Duration.ofSeconds(9),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofMinutes(1));
}
