package dev.sandboxcluster.operator.router;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * A client, from the beginning of its connection until its sandbox has taken it: what it sends meanwhile is kept, and its
 * sandbox is dialled as soon as there is something to dial. Everything happens on the client's event loop.
 */
final class Connection extends ChannelInboundHandlerAdapter {

    /** Clients of TLS send no more than a hello, and some early data, before they are answered. */
    private static final int MOST_KEPT = 20 * 1024;

    private final Shared shared;
    private final Channel client;
    private final long accepted = System.nanoTime();
    private final Queue<ByteBuf> kept = new ArrayDeque<>();
    private int keptBytes;
    private int beginning;

    private String source = "";
    private Routes.Named named;
    private State found;
    private long namedAt;
    private boolean clientEnded;
    private boolean dialling;
    private boolean over;
    private boolean waiting;
    private Channel sandbox;
    private InetSocketAddress dialled;

    Connection(Shared shared, Channel client) {
        this.shared = shared;
        this.client = client;
    }

    /** Its client's address is known. */
    void from(String address) {
        source = address;
    }

    /** So many bytes are held until its hello is whole. */
    void begins(int bytes) {
        shared.held().remove(beginning);
        beginning = bytes;
        shared.held().add(beginning);
    }

    /** Its hello is whole. */
    void named(String serverName) {
        begins(0);
        Optional<Routes.Named> owner = Optional.ofNullable(serverName).flatMap(shared.routes()::find);
        Optional<Route> route = owner.map(Routes.Named::id).flatMap(shared.routes()::get);
        if (route.isEmpty()) {
            refuse(Refused.NO_ROUTE, TlsAlert.UNRECOGNIZED_NAME);
            return;
        }
        named = owner.get();
        found = route.get().state();
        namedAt = System.nanoTime();
        if (refusedAtOnce(route.get())) {
            refuse(Refused.STOPPED, TlsAlert.INTERNAL_ERROR);
            return;
        }
        if (!counted(
                        named.quiet() ? shared.quietBySandboxAndSource() : shared.bySandboxAndSource(),
                        named.id().key() + " " + source,
                        Refused.SOURCE_LIMIT)
                || !counted(
                        named.quiet() ? shared.quietBySandbox() : shared.bySandbox(),
                        named.id().key(),
                        Refused.SANDBOX_LIMIT)) {
            return;
        }
        waiting = true;
        shared.metrics().waiting().incrementAndGet();
        if (!named.quiet()) {
            shared.users().opened(named.id());
        }
        shared.open().add(named.id(), this);
        Future<?> answer = endAfter(shared.times().answer());
        Future<?> hold = named.quiet() ? endAfter(shared.times().quietHold()) : answer;
        client.closeFuture().addListener(closed -> {
            answer.cancel(false);
            hold.cancel(false);
            shared.open().remove(named.id(), this);
            if (!named.quiet()) {
                shared.users().closed(named.id());
            }
            waitsNoMore();
        });
        attempt();
    }

    private boolean counted(Counted<String> counts, String key, Refused otherwise) {
        if (!counts.take(key)) {
            refuse(otherwise, TlsAlert.INTERNAL_ERROR);
            return false;
        }
        client.closeFuture().addListener(closed -> counts.giveBack(key));
        return true;
    }

    /** What is known of its sandbox is another than before. Called on any thread. */
    void routeChanged() {
        client.eventLoop().execute(() -> {
            if (sandbox == null) {
                attempt();
                return;
            }
            Optional<Route> route = shared.routes().get(named.id());
            boolean still = route.filter(now -> now.state() != State.Stopped)
                    .filter(now -> now.addresses().contains(dialled))
                    .isPresent();
            if (!still) {
                // Nobody is there to say so: the pod that it went to is gone.
                close();
            }
        });
    }

    /** Ends it, without a word. Called on any thread. */
    void end() {
        client.eventLoop().execute(this::close);
    }

    private void close() {
        if (sandbox != null) {
            sandbox.close();
        }
        client.close();
    }

    private boolean refusedAtOnce(Route route) {
        return route.state() == State.Stopped || route.state() == State.Suspended && named.quiet();
    }

    private boolean isDialled(Route route) {
        return route.state() != State.Suspended && (route.state() != State.Starting || named.quiet());
    }

    private void attempt() {
        if (over || dialling || sandbox != null || !client.isActive()) {
            return;
        }
        Optional<Route> route = shared.routes().get(named.id());
        if (route.isEmpty()) {
            end(Refused.GONE);
        } else if (refusedAtOnce(route.get())) {
            refuse(Refused.STOPPED, TlsAlert.INTERNAL_ERROR);
        } else if (clientEnded) {
            client.close();
        } else if (isDialled(route.get()) && !route.get().addresses().isEmpty()) {
            dialling = true;
            Dial.begin(client, route.get().addresses(), shared.times(), this::reached, this::unreached);
        }
    }

    private void unreached() {
        dialling = false;
        if (!over && client.isActive()) {
            client.eventLoop().schedule(this::attempt, shared.times().retry().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void reached(Channel channel, InetSocketAddress address) {
        dialling = false;
        if (over || !client.isActive()) {
            channel.close();
            return;
        }
        sandbox = channel;
        dialled = address;
        Duration halfClosed = shared.times().halfClosed();
        Relay toSandbox = new Relay(sandbox, halfClosed, shared.metrics().fromClients(), shared.held(), () -> {});
        sandbox.pipeline()
                .addLast(
                        new Relay(client, halfClosed, shared.metrics().fromSandboxes(), shared.held(), this::answered));
        client.pipeline().replace(this, null, toSandbox);
        for (ByteBuf part = kept.poll(); part != null; part = kept.poll()) {
            shared.held().remove(part.capacity());
            toSandbox.hand(part);
        }
        sandbox.flush();
        if (clientEnded) {
            toSandbox.ended(client);
        }
        client.config().setAutoRead(true);
        sandbox.config().setAutoRead(true);
        // It may have changed while it was dialled.
        routeChanged();
    }

    private void answered() {
        waitsNoMore();
        shared.metrics().answered(found, Duration.ofNanos(System.nanoTime() - namedAt));
    }

    private void waitsNoMore() {
        if (waiting) {
            waiting = false;
            shared.metrics().waiting().decrementAndGet();
        }
    }

    private Future<?> endAfter(Duration sinceAccepted) {
        long left = sinceAccepted.toNanos() - (System.nanoTime() - accepted);
        return client.eventLoop().schedule(() -> answerIsDue(sinceAccepted), left, TimeUnit.NANOSECONDS);
    }

    /** A client whose connection ends in time tries again, where one that hears nothing fails. */
    private void answerIsDue(Duration patience) {
        boolean taken = sandbox != null && patience.compareTo(shared.times().answer()) < 0;
        if (waiting && !taken) {
            if (sandbox != null) {
                sandbox.close();
            }
            end(Refused.NO_ANSWER);
        }
    }

    /** Ends it as if nothing had been there. */
    private void end(Refused reason) {
        if (!over) {
            over = true;
            shared.metrics().refused(reason);
            client.close();
        }
    }

    /** Ends it, and says why. */
    void refuse(Refused reason, TlsAlert alert) {
        if (!over) {
            over = true;
            shared.metrics().refused(reason);
            alert.end(client);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (over) {
            ReferenceCountUtil.release(message);
            return;
        }
        ByteBuf part = Held.fitting((ByteBuf) message);
        shared.held().add(part.capacity());
        kept.add(part);
        keptBytes += part.readableBytes();
        if (keptBytes > MOST_KEPT) {
            client.config().setAutoRead(false);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SniCompletionEvent hello && hello.cause() != null) {
            end(hello.cause() instanceof SslHandshakeTimeoutException ? Refused.SLOW_HELLO : Refused.BAD_HELLO);
        } else if (event == ChannelInputShutdownEvent.INSTANCE) {
            clientEnded = true;
            if (named == null) {
                end(Refused.BAD_HELLO);
            } else if (!dialling) {
                client.close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        over = true;
        begins(0);
        kept.forEach(part -> {
            shared.held().remove(part.capacity());
            part.release();
        });
        kept.clear();
    }

    /** No TLS, too long, or broken. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause.getCause() instanceof ProxyHeaderHandler.MalformedException) {
            end(Refused.PROXY_HEADER);
        } else if (cause instanceof DecoderException) {
            end(Refused.BAD_HELLO);
        } else {
            over = true;
            context.close();
        }
    }
}
