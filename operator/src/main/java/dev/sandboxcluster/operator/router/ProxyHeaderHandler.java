package dev.sandboxcluster.operator.router;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads the PROXY protocol, version 1 or 2, with which a connection must begin (haproxy.org, doc/proxy-protocol.txt), and
 * tells the client's address. Nothing of it goes on to the sandbox.
 */
final class ProxyHeaderHandler extends ByteToMessageDecoder {

    private static final byte[] V1 = "PROXY ".getBytes(US_ASCII);
    private static final byte[] V2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    private static final int V1_LONGEST = 107;
    private static final int V2_HEAD = 16;
    /** Of what follows the head; what load balancers append has some 100. */
    private static final int V2_LONGEST = 4096;

    private static final int V2_LOCAL = 0x20;
    private static final int V2_PROXY = 0x21;
    private static final int UNSPECIFIED = 0x00;
    private static final int TCP_4 = 0x11;
    private static final int TCP_6 = 0x21;
    private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");
    private static final int HIGHEST_PORT = 65535;

    private final Predicate<Optional<InetAddress>> source;

    /**
     * @param source is told who it is, and says whether he may go on. Empty: who connected is the client, as with the checks
     *     of a load balancer
     */
    ProxyHeaderHandler(Predicate<Optional<InetAddress>> source) {
        this.source = source;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws MalformedException {
        Optional<InetAddress> client;
        if (begins(in, V2)) {
            if (in.readableBytes() < V2_HEAD) {
                return;
            }
            int length = in.getUnsignedShort(in.readerIndex() + 14);
            if (length > V2_LONGEST) {
                throw new MalformedException();
            }
            if (in.readableBytes() < V2_HEAD + length) {
                return;
            }
            client = second(in.readSlice(V2_HEAD + length));
        } else if (begins(in, V1)) {
            int end =
                    in.indexOf(in.readerIndex(), Math.min(in.writerIndex(), in.readerIndex() + V1_LONGEST), (byte) 10);
            if (end < 0) {
                if (in.readableBytes() >= V1_LONGEST) {
                    throw new MalformedException();
                }
                return;
            }
            client = first(
                    in.readCharSequence(end + 1 - in.readerIndex(), US_ASCII).toString());
        } else {
            throw new MalformedException();
        }
        if (source.test(client)) {
            context.pipeline().remove(this);
        } else {
            in.skipBytes(in.readableBytes());
        }
    }

    /** As far as there is anything. */
    private static boolean begins(ByteBuf in, byte[] signature) {
        int length = Math.min(in.readableBytes(), signature.length);
        return Arrays.equals(ByteBufUtil.getBytes(in, in.readerIndex(), length), 0, length, signature, 0, length);
    }

    private static Optional<InetAddress> first(String line) throws MalformedException {
        if (!line.endsWith("\r\n")) {
            throw new MalformedException();
        }
        String[] words = line.substring(0, line.length() - 2).split(" ", -1);
        if (words[1].equals("UNKNOWN")) {
            return Optional.empty();
        }
        if (words.length != 6 || !port(words[4]) || !port(words[5])) {
            throw new MalformedException();
        }
        boolean four = words[1].equals("TCP4");
        if (!four && !words[1].equals("TCP6")) {
            throw new MalformedException();
        }
        address(words[3], four);
        return Optional.of(address(words[2], four));
    }

    private static InetAddress address(String text, boolean four) throws MalformedException {
        boolean valid = four ? NetUtil.isValidIpV4Address(text) : NetUtil.isValidIpV6Address(text);
        if (!valid) {
            throw new MalformedException();
        }
        return address(NetUtil.createByteArrayFromIpAddressString(text));
    }

    private static boolean port(String text) {
        return PORT.matcher(text).matches() && Integer.parseInt(text) <= HIGHEST_PORT;
    }

    private static Optional<InetAddress> second(ByteBuf header) throws MalformedException {
        int command = header.getUnsignedByte(12);
        int family = header.getUnsignedByte(13);
        int length = header.getUnsignedShort(14);
        if (command == V2_LOCAL || command == V2_PROXY && family == UNSPECIFIED) {
            return Optional.empty();
        }
        boolean four = family == TCP_4;
        if (command != V2_PROXY || !four && family != TCP_6 || length < (four ? 12 : 36)) {
            throw new MalformedException();
        }
        return Optional.of(address(ByteBufUtil.getBytes(header, V2_HEAD, four ? 4 : 16)));
    }

    private static InetAddress address(byte[] bytes) throws MalformedException {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException wrongLength) {
            throw new MalformedException();
        }
    }

    /** It is no PROXY protocol. */
    static final class MalformedException extends Exception {

        private static final long serialVersionUID = 1L;

        MalformedException() {
            super("no PROXY protocol", null, false, false);
        }
    }
}
