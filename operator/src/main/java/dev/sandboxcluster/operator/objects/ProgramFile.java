package dev.sandboxcluster.operator.objects;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Text that is part of this program. */
public final class ProgramFile {

    private ProgramFile() {}

    /**
     * All of it; read at every call.
     *
     * @param beside a class in the same package
     */
    public static String text(Class<?> beside, String name) {
        try (InputStream resource = beside.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " is part of this program", e);
        }
    }
}
