package dev.sandboxcluster.operator.capability.classes;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A line of {@code rules.yaml}: what the host cluster's API and the operator both have to say of a SandboxCluster.
 *
 * @param ofClass the spec of its class
 * @param spec its own
 * @param refused what the message must contain; null: it is allowed
 */
public record Rule(@JsonProperty("class") Map<String, Object> ofClass, Map<String, Object> spec, String refused) {

    /** All of them. */
    public static Stream<Rule> all() {
        try {
            return Arrays.stream(Serialization.unmarshal(
                    Files.readString(Path.of("src/test/resources/classes/rules.yaml")), Rule[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The class, with a name. */
    public SandboxClusterClass named(String name) {
        return Serialization.unmarshal(
                Serialization.asJson(Map.of("metadata", Map.of("name", name, "generation", 1), "spec", ofClass)),
                SandboxClusterClass.class);
    }

    /** In a test's name. */
    @Override
    public String toString() {
        return ofClass + " " + spec + (refused == null ? "" : " refused");
    }
}
