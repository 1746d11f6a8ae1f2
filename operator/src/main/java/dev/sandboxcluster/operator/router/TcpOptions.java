package dev.sandboxcluster.operator.router;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioChannelOption;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/** What both sides of a connection have: they may half close it, and who vanishes is missed within a minute. */
final class TcpOptions {

    private static final Map<ChannelOption<?>, Object> OPTIONS = Map.of(
            ChannelOption.ALLOW_HALF_CLOSURE,
            true,
            ChannelOption.TCP_NODELAY,
            true,
            // What waits for a side that takes it slowly, in bytes, for each direction: this and one read more.
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(8 * 1024, 16 * 1024),
            ChannelOption.RCVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(512, 2048, 16 * 1024),
            ChannelOption.SO_KEEPALIVE,
            true,
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
            30,
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
            10,
            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT),
            3);

    private TcpOptions() {}

    static void set(Channel channel) {
        channel.config().setOptions(OPTIONS);
    }
}
