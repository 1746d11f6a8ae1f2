package dev.sandboxcluster.operator.capability.workers.external.join;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compressed text, without a time stamp: equal texts give equal bytes. */
final class Gzip {

    private Gzip() {}

    /** Base64 of the gzipped text, on one line. */
    static String base64(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new Smallest(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** User data of a machine has limits of a few KiB. */
    private static final class Smallest extends GZIPOutputStream {

        Smallest(ByteArrayOutputStream bytes) throws IOException {
            super(bytes);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }
}
