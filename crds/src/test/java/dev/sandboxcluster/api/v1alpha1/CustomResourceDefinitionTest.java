package dev.sandboxcluster.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generates the CustomResourceDefinitions and compares them with the committed ones: the copy that people read and
 * the copy that the chart installs. {@code mvn test -pl crds -Dupdate} writes both anew.
 */
class CustomResourceDefinitionTest {

    private static final String FILE = "sandboxclusters.sandboxcluster.dev.yaml";
    private static final List<Path> COMMITTED = List.of(
            Path.of(FILE), Path.of("../helm/sandboxcluster-operator/files/crds").resolve(FILE));
    private static final List<String> COLUMNS = List.of("Ready", "Reason", "Version", "Endpoint", "Age");

    @Test
    void committedDefinitionIsTheGeneratedOne(@TempDir Path directory) throws IOException {
        new CRDGenerator()
                .customResourceClasses(SandboxCluster.class)
                .forCRDVersions("v1")
                .withMinQuotes(true)
                .withPostProcessor(new ColumnOrder())
                .inOutputDir(directory.toFile())
                .generate();
        String generated = Files.readString(directory.resolve("sandboxclusters.sandboxcluster.dev-v1.yml"))
                .replaceFirst("^# .*", "# Generated from the Java types in crds/: mvn test -pl crds -Dupdate");

        for (Path committed : COMMITTED) {
            if (System.getProperty("update") != null) {
                Files.createDirectories(committed.toAbsolutePath().getParent());
                Files.writeString(committed, generated);
            }
            assertThat(committed).hasContent(generated);
        }
    }

    /** The generator sorts columns by their path; a reader wants the verdict first. */
    private static final class ColumnOrder implements CRDPostProcessor {
        @Override
        public HasMetadata process(HasMetadata crd, String crdSpecVersion) {
            ((CustomResourceDefinition) crd)
                    .getSpec()
                    .getVersions()
                    .forEach(version -> version.getAdditionalPrinterColumns()
                            .sort(Comparator.comparing(
                                    (CustomResourceColumnDefinition column) -> COLUMNS.indexOf(column.getName()))));
            return crd;
        }
    }
}
