package dev.sandboxcluster.operator.sandbox.session;

import dev.sandboxcluster.operator.http.EventLoops;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.vertx.core.Vertx;
import java.time.Clock;

/**
 * What all who look after sandboxes share: threads, and the loop on which their connections are. Costs nothing as long as
 * there is no sandbox to look after.
 */
public final class SandboxThreads implements AutoCloseable {

    private final Clock clock;
    private Lanes lanes;
    private Vertx vertx;
    private HttpClient.Factory http;

    /** None yet. */
    public SandboxThreads(Clock clock) {
        this.clock = clock;
    }

    /** Somebody who looks after one sandbox. */
    synchronized <P, R> Caretaker<P, R> caretaker(Care<P, R> care, R unknown, Runnable onChange) {
        if (lanes == null) {
            lanes = Lanes.open();
            http = new VertxHttpClientFactory(loop());
        }
        return new Caretaker<>(http, lanes, clock, care, unknown, onChange);
    }

    /** Where their connections are; whoever uses it must not block it. */
    public synchronized Vertx loop() {
        if (vertx == null) {
            vertx = Vertx.vertx(EventLoops.options(1, 1));
        }
        return vertx;
    }

    /** For good: an operator that is to run again makes new ones. */
    @Override
    public synchronized void close() {
        if (lanes != null) {
            lanes.close();
        }
        if (vertx != null) {
            vertx.close();
        }
    }
}
