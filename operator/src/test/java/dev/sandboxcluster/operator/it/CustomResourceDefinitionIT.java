package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What compares the CustomResourceDefinition with the one in the cluster, as GitOps tools do, finds no difference. */
class CustomResourceDefinitionIT {

    private static final String NAME = "sandboxclusters.sandboxcluster.dev";

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    @Test
    void anApiServerReturnsItAsItWasWritten() throws IOException {
        JsonNode written =
                Serialization.unmarshal(Files.readString(Path.of("../crds/" + NAME + ".yaml")), JsonNode.class);
        JsonNode stored = Serialization.unmarshal(
                HOST.admin().raw("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + NAME), JsonNode.class);

        Set<String> expected = values("", written.get("spec")).collect(Collectors.toSet());
        Set<String> actual = values("", stored.get("spec")).collect(Collectors.toSet());
        assertThat(minus(actual, expected)).as("added").isEmpty();
        assertThat(minus(expected, actual)).as("lost").isEmpty();
    }

    /** Every value with its path. */
    private static Stream<String> values(String path, JsonNode node) {
        if (node.isObject() && !node.isEmpty()) {
            return node.properties().stream().flatMap(field -> values(path + "/" + field.getKey(), field.getValue()));
        }
        if (node.isArray() && !node.isEmpty()) {
            return IntStream.range(0, node.size()).boxed().flatMap(i -> values(path + "/" + i, node.get(i)));
        }
        return Stream.of(path + ": " + node);
    }

    private static Set<String> minus(Set<String> some, Set<String> others) {
        Set<String> rest = new TreeSet<>(some);
        rest.removeAll(others);
        return rest;
    }
}
