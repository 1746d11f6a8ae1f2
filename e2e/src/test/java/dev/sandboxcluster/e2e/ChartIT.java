package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart: a directory per case with {@code values.yaml} and either {@code out.yaml}, what it renders to, or
 * {@code error.txt}, a part of what Helm says. {@code -Dupdate} writes {@code out.yaml} anew; read the diff.
 */
class ChartIT {

    private static Command helm;

    @BeforeAll
    static void helm() {
        helm = Bed.helm();
    }

    static Stream<Path> cases() throws IOException {
        try (Stream<Path> cases = Files.list(Testbed.CHART.resolve("tests"))) {
            return cases.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void renders(Path directory) throws IOException {
        Command.Result result = helm.with(
                        "template",
                        HostCluster.RELEASE,
                        Testbed.CHART.toString(),
                        "--namespace=" + HostCluster.SYSTEM,
                        "--values=" + directory.resolve("values.yaml"))
                .run();

        if (Files.exists(directory.resolve("error.txt"))) {
            assertThat(result.exitCode()).isNotZero();
            assertThat(result.errors())
                    .contains(read(directory.resolve("error.txt")).strip());
        } else {
            Path golden = directory.resolve("out.yaml");
            if (System.getProperty("update") != null) {
                Files.writeString(golden, result.ok());
            }
            assertThat(golden).hasContent(result.ok());
        }
    }

    /** Helm hands {@code global}, and the value that the dependency's condition names, down to a dependency. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rendersAsADependencyOfAnotherChart(boolean enabled, @TempDir Path parent) throws IOException {
        Files.writeString(parent.resolve("Chart.yaml"), """
                apiVersion: v2
                name: platform
                version: 1.0.0
                dependencies:
                  - name: sandboxcluster-operator
                    version: ">=0.0.0-0"
                    repository: file://%s
                    condition: sandboxcluster-operator.enabled
                """.formatted(Testbed.CHART.toAbsolutePath()));
        Files.writeString(parent.resolve("values.yaml"), """
                global: {imageRegistry: registry.example.com}
                sandboxcluster-operator: {enabled: %s, logLevel: DEBUG}
                """.formatted(enabled));
        helm.with("dependency", "update", parent.toString()).run().ok();

        String rendered =
                helm.with("template", "platform", parent.toString()).run().ok();

        assertThat(rendered.contains("kind: Deployment")).isEqualTo(enabled);
    }

    @Test
    void lints() {
        helm.with("lint", "--strict", Testbed.CHART.toString()).run().ok();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
