package dev.sandboxcluster.operator.router;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/** How TLS says before a handshake that there will be none (RFC 8446, section 6): a fatal alert, in plain text. */
enum TlsAlert {

    /** The name is nobody's: the same for all that are, so that nobody learns which there are. */
    UNRECOGNIZED_NAME(112),

    /** The sandbox can't be reached, or has too many connections. */
    INTERNAL_ERROR(80);

    private static final byte ALERT = 21;
    private static final byte FATAL = 2;

    private final byte description;

    TlsAlert(int description) {
        this.description = (byte) description;
    }

    /** Says it and ends the connection. */
    void end(Channel client) {
        ByteBuf record = Unpooled.wrappedBuffer(new byte[] {ALERT, 3, 3, 0, 2, FATAL, description});
        client.writeAndFlush(record).addListener(ChannelFutureListener.CLOSE);
    }
}
