package dev.sandboxcluster.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Golden files: a directory per case with {@code in-*.yaml} and {@code out-*.yaml}, so that a reviewer sees behaviour as
 * YAML. {@code mvn test -pl operator -am -Dupdate} writes what comes out anew; read the diff.
 */
public final class Golden {

    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .build())
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private Golden() {}

    /** The cases below a directory of {@code src/test/resources}. */
    public static Stream<Path> cases(String directory) {
        try (Stream<Path> cases = Files.list(Path.of("src/test/resources", directory))) {
            return cases.filter(Files::isDirectory).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads an input. */
    public static <T> T read(Path directory, String file, Class<T> type) {
        try {
            return Serialization.unmarshal(Files.readString(directory.resolve(file)), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads an input that a case may leave out. */
    public static <T> Optional<T> readIfThere(Path directory, String file, Class<T> type) {
        return Files.exists(directory.resolve(file)) ? Optional.of(read(directory, file, type)) : Optional.empty();
    }

    /** Compares an output with the golden file. */
    public static void check(Path directory, String file, Object actual) {
        try {
            Object tree = new KubernetesSerialization().convertValue(actual, Object.class);
            String yaml = YAML.writeValueAsString(tree);
            Path golden = directory.resolve(file);
            if (System.getProperty("update") != null) {
                Files.writeString(golden, yaml);
            }
            assertThat(golden).as("%s; -Dupdate writes it anew", golden).hasContent(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
