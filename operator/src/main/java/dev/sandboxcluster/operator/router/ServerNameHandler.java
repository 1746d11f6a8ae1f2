package dev.sandboxcluster.operator.router;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import java.util.List;

/** Reads the server name of a TLS ClientHello, once, and hands on all that it read. */
final class ServerNameHandler extends AbstractSniHandler<String> {

    private final Connection connection;
    private final int longest;

    ServerNameHandler(RouterLimits limits, Connection connection) {
        super(limits.helloBytes(), limits.helloTime().toMillis());
        this.connection = connection;
        this.longest = limits.helloBytes();
    }

    /** A record may be longer than the hello that it begins with says it is, and is waited for. */
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        connection.begins(in.capacity());
        super.decode(context, in, out);
        if (!context.isRemoved() && in.readableBytes() > longest) {
            in.skipBytes(in.readableBytes());
            throw new TooLongFrameException();
        }
    }

    @Override
    protected Future<String> lookup(ChannelHandlerContext context, String serverName) {
        return context.executor().newSucceededFuture(serverName);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, String serverName, Future<String> same) {
        context.pipeline().remove(this);
        connection.named(serverName);
    }
}
