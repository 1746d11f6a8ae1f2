package dev.sandboxcluster.operator.router;

import io.micrometer.core.instrument.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Hands on what one side sends to the other, no faster than that one takes it. Both are on one event loop. When a side has
 * sent its last, the other is told so, and may still send, as long as it does not fall silent.
 */
final class Relay extends ChannelInboundHandlerAdapter {

    private final Channel other;
    private final Duration halfClosed;
    private final Counter bytes;
    private final Held held;
    private Runnable first;

    /**
     * @param halfClosed how long the other side may send nothing, when this one has sent its last
     * @param bytes counts what is handed on
     * @param held knows what waits for the other side
     * @param first is run at the first byte
     */
    Relay(Channel other, Duration halfClosed, Counter bytes, Held held, Runnable first) {
        this.other = other;
        this.halfClosed = halfClosed;
        this.bytes = bytes;
        this.held = held;
        this.first = first;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (first != null) {
            first.run();
            first = null;
        }
        hand((ByteBuf) message);
        if (!other.isWritable()) {
            context.channel().config().setAutoRead(false);
            if (other.isActive()) {
                held.stalls(other);
            }
        }
    }

    /** Writes it to the other side. */
    void hand(ByteBuf message) {
        ByteBuf part = Held.fitting(message);
        int size = part.capacity();
        bytes.increment(part.readableBytes());
        held.add(size);
        other.write(part).addListener(taken -> held.remove(size));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        other.flush();
    }

    /** This side takes more again. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            held.goesOn(context.channel());
            other.config().setAutoRead(true);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            ended(context.channel());
        } else if (event instanceof IdleStateEvent) {
            context.close();
        }
    }

    /** A side has sent its last. */
    void ended(Channel side) {
        if (((DuplexChannel) other).isInputShutdown()) {
            closeWhenSent(other);
            closeWhenSent(side);
        } else {
            other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> ((DuplexChannel) other).shutdownOutput());
            other.pipeline().addFirst(new IdleStateHandler(halfClosed.toMillis(), 0, 0, TimeUnit.MILLISECONDS));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        held.goesOn(context.channel());
        closeWhenSent(other);
    }

    /** Connections break all the time; the other side's end is all that there is to do. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** Who doesn't take it in time goes without. */
    private void closeWhenSent(Channel side) {
        if (!side.isActive()) {
            return;
        }
        Future<?> anyhow = side.eventLoop().schedule(() -> side.close(), halfClosed.toMillis(), TimeUnit.MILLISECONDS);
        side.closeFuture().addListener(closed -> anyhow.cancel(false));
        side.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
