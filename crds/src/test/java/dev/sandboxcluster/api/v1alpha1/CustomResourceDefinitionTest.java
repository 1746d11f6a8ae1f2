package dev.sandboxcluster.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceConversionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionSpec;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Generates the CustomResourceDefinitions and compares them with the committed ones: the copy that people read and
 * the copy that the chart installs. {@code mvn test -pl crds -Dupdate} writes both anew.
 */
class CustomResourceDefinitionTest {

    private static final Path CHART = Path.of("../helm/sandboxcluster-operator/files/crds");
    /** The generator writes bounds as floating-point numbers. */
    private static final Pattern WHOLE_NUMBER = Pattern.compile("(m..imum: )([0-9.E]+)");

    private static final List<String> COLUMNS = List.of(
            "Default",
            "State",
            "Ready",
            "Reason",
            "Version",
            "Longest",
            "Endpoint",
            "Expires",
            "Used-By",
            "Age",
            "Kubeconfig",
            "Internal",
            "Last-Used",
            "Volume",
            "Started",
            "Message");

    @ParameterizedTest
    @ValueSource(classes = {SandboxCluster.class, SandboxClusterClass.class, SandboxClusterRoute.class})
    void committedDefinitionIsTheGeneratedOne(Class<? extends CustomResource<?, ?>> type, @TempDir Path directory)
            throws IOException {
        String name = CustomResource.getCRDName(type);
        new CRDGenerator()
                .customResourceClasses(type)
                .forCRDVersions("v1")
                .withMinQuotes(true)
                .withPostProcessor(new AsStored())
                .inOutputDir(directory.toFile())
                .generate();
        String generated = WHOLE_NUMBER
                .matcher(Files.readString(directory.resolve(name + "-v1.yml")))
                .replaceAll(bound -> bound.group(1) + new BigDecimal(bound.group(2)).toBigIntegerExact())
                .replaceFirst("^# .*", "# Generated from the Java types in crds/: mvn test -pl crds -Dupdate");

        for (Path committed : List.of(Path.of(name + ".yaml"), CHART.resolve(name + ".yaml"))) {
            if (System.getProperty("update") != null) {
                Files.createDirectories(committed.toAbsolutePath().getParent());
                Files.writeString(committed, generated);
            }
            assertThat(committed).hasContent(generated);
        }
    }

    /**
     * In the form in which an API server returns it, so that who compares the two finds no difference; columns in the
     * order of {@link #COLUMNS}, for the generator sorts them by their path.
     */
    private static final class AsStored implements CRDPostProcessor {
        @Override
        public HasMetadata process(HasMetadata crd, String crdSpecVersion) {
            CustomResourceDefinitionSpec spec = ((CustomResourceDefinition) crd).getSpec();
            spec.getNames().setListKind(spec.getNames().getKind() + "List");
            spec.setConversion(
                    new CustomResourceConversionBuilder().withStrategy("None").build());
            spec.getVersions().forEach(version -> {
                version.getAdditionalPrinterColumns().stream()
                        .filter(column -> Integer.valueOf(0).equals(column.getPriority()))
                        .forEach(column -> column.setPriority(null));
                version.getAdditionalPrinterColumns()
                        .sort(Comparator.comparing(
                                (CustomResourceColumnDefinition column) -> COLUMNS.indexOf(column.getName())));
            });
            return crd;
        }
    }
}
