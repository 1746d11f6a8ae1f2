package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.verdict.Wording;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks the router, where users find it, for a name that nobody has: its refusal says that it is there. Of sandboxes that
 * sleep nothing else tells whether who comes would be seen.
 */
public final class RouterProbe {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Supplier<Optional<Asked>> where;
    private final Runnable onChange;
    private final Clock clock;
    private final NetClient client;
    private volatile Optional<Seen> latest = Optional.empty();

    /** @param since when it was first seen so, and has been ever since */
    private record Seen(boolean answers, Instant since) {}

    /**
     * Whom to ask.
     *
     * @param name one that no sandbox can have
     */
    public record Asked(String host, int port, String name) {}

    /**
     * Asks from now on, until the loop is closed.
     *
     * @param every so often
     * @param where asked each time; must not block. Empty: nobody can be asked
     * @param onChange told when it answers, or doesn't any more, or can't be asked; must not block
     */
    public RouterProbe(Vertx loop, Duration every, Supplier<Optional<Asked>> where, Runnable onChange, Clock clock) {
        this.where = where;
        this.onChange = onChange;
        this.clock = clock;
        int patience = (int) PATIENCE.toMillis();
        client = loop.createNetClient(new NetClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setHostnameVerificationAlgorithm("")
                .setConnectTimeout(patience)
                .setSslHandshakeTimeout(patience)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS));
        loop.setPeriodic(1, every.toMillis(), timer -> look());
    }

    /** Since when it has answered each time; empty: the last time it didn't. */
    public Optional<Instant> answersSince() {
        return since(true);
    }

    /** Since when it hasn't answered; empty: the last time it did, or nobody could be asked. */
    public Optional<Instant> silentSince() {
        return since(false);
    }

    private Optional<Instant> since(boolean answers) {
        return latest.filter(seen -> seen.answers() == answers).map(Seen::since);
    }

    private void look() {
        where.get()
                .ifPresentOrElse(
                        asked -> client.connect(asked.port(), asked.host(), asked.name())
                                .onSuccess(NetSocket::close)
                                .onComplete(tried -> seen(Optional.of(
                                        new Seen(tried.failed() && isRefusal(tried.cause()), clock.instant())))),
                        () -> seen(Optional.empty()));
    }

    private void seen(Optional<Seen> now) {
        if (!now.map(Seen::answers).equals(latest.map(Seen::answers))) {
            latest = now;
            onChange.run();
        }
    }

    private static boolean isRefusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && Wording.UNRECOGNIZED_NAME.isSaidIn(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }
}
