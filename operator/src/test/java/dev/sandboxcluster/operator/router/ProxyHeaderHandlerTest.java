package dev.sandboxcluster.operator.router;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol is read as its authors wrote it down, and nothing else is taken for it. */
class ProxyHeaderHandlerTest {

    private static final String V2 = "0d0a0d0a000d0a515549540a";
    private static final String REST = "the rest";

    private final AtomicReference<Optional<InetAddress>> source = new AtomicReference<>();

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.1 192.0.2.9 1234 443, 192.0.2.1",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255",
        "PROXY TCP6 fd00::1 fd00::9 1234 443, fd00:0:0:0:0:0:0:1",
        "PROXY UNKNOWN, ",
        "PROXY UNKNOWN ffff:f:f ffff 65535 65535, "
    })
    void version1(String line, String expected) {
        assertThat(read((line + "\r\n").getBytes(ISO_8859_1))).isEqualTo(REST);
        assertThat(source.get().map(InetAddress::getHostAddress)).isEqualTo(Optional.ofNullable(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "2111000cc0000201c000020904d201bb, 192.0.2.1",
        "21110013c0000201c000020904d201bb04000400000000, 192.0.2.1",
        "21210024fd000000000000000000000000000001fd00000000000000000000000000000904d201bb, fd00:0:0:0:0:0:0:1",
        "20000000, ",
        "2011000cc0000201c000020904d201bb, ",
        "21000000, ",
        "2100000400000000, "
    })
    void version2(String header, String expected) {
        assertThat(read(HexFormat.of().parseHex(V2 + header))).isEqualTo(REST);
        assertThat(source.get().map(InetAddress::getHostAddress)).isEqualTo(Optional.ofNullable(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "\u0016\u0003\u0001\u0001\u0000",
                "PROXI",
                "proxy TCP4 192.0.2.1 192.0.2.9 1 2\r\n",
                "PROXY \r\n",
                "PROXY TCP4\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.9 1234 443\n",
                "PROXY TCP4 192.0.2.1 192.0.2.9 1234\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.9 1234 443 1\r\n",
                "PROXY TCP4 192.0.2.1  192.0.2.9 1234 443\r\n",
                "PROXY TCP4 192.0.2.256 192.0.2.9 1234 443\r\n",
                "PROXY TCP4 fd00::1 fd00::9 1234 443\r\n",
                "PROXY TCP6 192.0.2.1 192.0.2.9 1234 443\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.9 65536 443\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.9 01 443\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.9 -1 443\r\n",
                "PROXY UDP4 192.0.2.1 192.0.2.9 1234 443\r\n",
                "PROXY TCP4 localhost 192.0.2.9 1234 443\r\n",
                "PROXY UNKNOWN 90123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123\r\n"
            })
    void notVersion1(String begin) {
        refused(begin.getBytes(ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1111000cc0000201c000020904d201bb",
                "2211000cc0000201c000020904d201bb",
                "2112000cc0000201c000020904d201bb",
                "213100d8",
                "2111000bc0000201c000020904d201",
                "21210023fd000000000000000000000000000001fd00000000000000000000000000000904d201",
                "2111ffff"
            })
    void notVersion2(String header) {
        byte[] bytes = HexFormat.of().parseHex(V2 + header);
        int announced = (bytes[14] & 255) << 8 | bytes[15] & 255;
        refused(announced > 4096 ? bytes : java.util.Arrays.copyOf(bytes, 16 + announced));
    }

    @Test
    void whoMayNotGoOnGoesNoFurther() {
        EmbeddedChannel channel = new EmbeddedChannel(new ProxyHeaderHandler(any -> false));
        channel.writeInbound(Unpooled.copiedBuffer("PROXY UNKNOWN\r\n" + REST, ISO_8859_1));
        assertThat(channel.inboundMessages()).isEmpty();
    }

    /** As one piece, and byte by byte. */
    private String read(byte[] header) {
        byte[] all = (new String(header, ISO_8859_1) + REST).getBytes(ISO_8859_1);
        String whole = read(all, all.length);
        source.set(null);
        assertThat(read(all, 1)).isEqualTo(whole);
        return whole;
    }

    private String read(byte[] all, int piece) {
        EmbeddedChannel channel = channel();
        for (int at = 0; at < all.length; at += piece) {
            channel.writeInbound(Unpooled.copiedBuffer(all, at, Math.min(piece, all.length - at)));
        }
        StringBuilder handedOn = new StringBuilder();
        for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
            handedOn.append(part.toString(ISO_8859_1));
            part.release();
        }
        return handedOn.toString();
    }

    private void refused(byte[] begin) {
        EmbeddedChannel channel = channel();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> channel.writeInbound(Unpooled.copiedBuffer(begin)))
                .isInstanceOf(DecoderException.class)
                .hasCauseInstanceOf(ProxyHeaderHandler.MalformedException.class);
        assertThat(source.get()).isNull();
    }

    private EmbeddedChannel channel() {
        return new EmbeddedChannel(new ProxyHeaderHandler(client -> {
            source.set(client);
            return true;
        }));
    }
}
