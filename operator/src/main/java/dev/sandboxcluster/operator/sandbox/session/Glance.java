package dev.sandboxcluster.operator.sandbox.session;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads the beginning of an answer, and ends it where that was not all. */
final class Glance implements AsyncBody.Consumer<List<ByteBuffer>> {

    private static final int MOST = 4096;

    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    @Override
    public void consume(List<ByteBuffer> bytes, AsyncBody body) {
        for (ByteBuffer part : bytes) {
            byte[] some = new byte[Math.min(part.remaining(), MOST - read.size())];
            part.get(some);
            read.writeBytes(some);
        }
        if (read.size() < MOST) {
            body.consume();
        } else {
            body.cancel();
        }
    }

    String text() {
        return read.toString(StandardCharsets.UTF_8);
    }
}
