package dev.sandboxcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.Golden;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneStatefulSet;
import dev.sandboxcluster.operator.capability.controlplane.PodOrigin;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pod is made from changes with what the pod would be, and not with the operator. */
class PodOriginTest {

    /** Puts addresses into the certificate where they are known, which no client needs. */
    private static final Set<List<String>> BESIDES =
            Set.of(List.of("spec", "expose"), List.of("spec", "expose", "type"));

    static Stream<Path> cases() {
        return Golden.cases("desired");
    }

    /** Leaves out one field after the other, whatever fields there are. */
    @ParameterizedTest
    @MethodSource("cases")
    void aFieldThatChangesThePodIsPartOfWhatItIsMadeFrom(Path directory) {
        Map<String, Object> cluster = read(directory);
        Made whole = Made.of(cluster);

        for (List<String> field : fields(List.of("spec"), cluster.get("spec"))) {
            if (BESIDES.contains(field)) {
                continue;
            }
            Map<String, Object> without = read(directory);
            remove(without, field);
            Made other = Made.of(without);
            if (!other.template().equals(whole.template())) {
                assertThat(other.origin()).as(String.join(".", field)).isNotEqualTo(whole.origin());
            }
        }
    }

    /** Another hash would replace the pods of all sandboxes: it is never to change. */
    @Test
    void itIsTheSameForEver() {
        Path cases = Path.of("src/test/resources/upgrade");

        assertThat(Stream.of("defaults", "everything-set", "persistent", "image-without-tag")
                        .map(name -> Made.of(read(cases.resolve(name)))
                                .origin()
                                .spec()
                                .substring(0, 8)))
                .containsExactly("44136fa3", "786725b2", "b92dd4ca", "1e49bcf9");
    }

    @Test
    void whatMeansTheSameIsTheSame() {
        assertThat(origin("{}")).isEqualTo(origin("{controlPlane: {}, network: {}}"));
        assertThat(origin("{}"))
                .isEqualTo(origin("{storage: {}, kubeconfig: {contextName: a}, expose: {type: NodePort},"
                        + " workers: {external: {enabled: false, tokenTTL: 1h}}}"));
        assertThat(origin("{}")).isNotEqualTo(origin("{controlPlane: {disable: []}}"));
        assertThat(origin("{}")).isNotEqualTo(origin("{controlPlane: {runtimeClassName: \"\"}}"));
    }

    @SuppressWarnings("unchecked")
    private static PodOrigin origin(String spec) {
        Map<String, Object> cluster = Serialization.unmarshal(
                "metadata: {name: demo, namespace: previews, uid: u}\nspec: " + spec, Map.class);
        return Made.of(cluster).origin();
    }

    private record Made(PodOrigin origin, Map<?, ?> template) {

        static Made of(Map<String, Object> tree) {
            SandboxCluster cluster = Serialization.unmarshal(Serialization.asJson(tree), SandboxCluster.class);
            Identity sandbox = Identity.of(cluster);
            Settings settings = Settings.of(
                    cluster,
                    cluster.getSpec(),
                    SandboxClusterStatus.EMPTY,
                    OperatorConfig.from(Map.of()),
                    Optional.empty(),
                    Optional.empty());
            return new Made(
                    settings.origin(Exposed.NOWHERE),
                    Serialization.unmarshal(
                            Serialization.asJson(ControlPlaneStatefulSet.desired(
                                            sandbox, settings.controlPlane(), settings.pod(sandbox, Exposed.NOWHERE))
                                    .getSpec()
                                    .getTemplate()),
                            Map.class));
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> read(Path directory) {
        return Golden.read(directory, "in-cluster.yaml", Map.class);
    }

    private static List<List<String>> fields(List<String> path, Object value) {
        List<List<String>> fields = new ArrayList<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, field) -> {
                List<String> inner = Stream.concat(path.stream(), Stream.of(String.valueOf(name)))
                        .toList();
                fields.add(inner);
                fields.addAll(fields(inner, field));
            });
        }
        return fields;
    }

    private static void remove(Map<String, Object> tree, List<String> field) {
        Object map = tree;
        for (String name : field.subList(0, field.size() - 1)) {
            map = ((Map<?, ?>) map).get(name);
        }
        ((Map<?, ?>) map).remove(field.get(field.size() - 1));
    }
}
