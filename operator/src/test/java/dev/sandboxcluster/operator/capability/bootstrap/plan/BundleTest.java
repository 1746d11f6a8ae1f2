package dev.sandboxcluster.operator.capability.bootstrap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What text becomes: objects in order, as kubectl reads them, within bounds. */
class BundleTest {

    private static final String SECRET = "hunter2";

    @Test
    void documentsAndListsBecomeObjectsInOrder() {
        List<Manifest> manifests = manifests("""
                # nothing but a comment
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: web}
                ---
                ---
                apiVersion: v1
                kind: List
                items:
                  - {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: web}}
                  - apiVersion: rbac.authorization.k8s.io/v1
                    kind: RoleList
                    items:
                      - {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: "system:web"}}
                ---
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "json"}, "data": {"a": "b"}}
                """);

        assertThat(manifests)
                .extracting(Manifest::title)
                .containsExactly(
                        "manifests[0]: Namespace web",
                        "manifests[0]: Deployment web/web",
                        "manifests[0]: Role system:web",
                        "manifests[0]: ConfigMap json");
        assertThat(manifests.get(0).path("namespaces", false)).isEqualTo("/api/v1/namespaces/web");
        assertThat(manifests.get(1).path("deployments", true))
                .isEqualTo("/apis/apps/v1/namespaces/web/deployments/web");
        assertThat(manifests.get(2).path("roles", true))
                .isEqualTo("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/system%3Aweb");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            yes         | "yes"
            on          | "on"
            true        | true
            0644        | 420
            0x1f        | 31
            12:30:45    | "12:30:45"
            2026-11-26  | "2026-11-26"
            1.5         | 1.5
            1e3         | 1000.0
            ~           | null
            v1.33       | "v1.33"
            "0644"      | "0644"
            """)
    void scalarsAreWhatKubectlTakesThemFor(String yaml, String json) {
        Manifest manifest = manifests("{apiVersion: v1, kind: A, metadata: {name: a}, v: " + yaml + "}")
                .get(0);

        assertThat(Serialization.asJson(manifest.content().get("v"))).isEqualTo(json);
    }

    @Test
    void anchorsAndMergesWork() {
        Manifest manifest = manifests("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: a, labels: &labels {app: web}}
                spec: {selector: *labels, merged: {<<: *labels, tier: front}}
                """).get(0);

        assertThat(Serialization.asJson(manifest.content().get("spec")))
                .isEqualTo("{\"selector\":{\"app\":\"web\"},\"merged\":{\"app\":\"web\",\"tier\":\"front\"}}");
    }

    @Test
    void whatWasExportedCanBeApplied() {
        Manifest manifest = manifests("""
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: a
                  uid: b
                  resourceVersion: "1"
                  creationTimestamp: "2026-11-26T10:00:00Z"
                  generation: 1
                  managedFields: [{manager: kubectl}]
                """).get(0);

        assertThat(Serialization.asJson(manifest.content().get("metadata"))).isEqualTo("{\"name\":\"a\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a: [                                                       | is no YAML: line 1, column 5
            {a: 1, a: 2}                                               | is no YAML: line 1, column 8
            - a                                                        | has something in it that is no object: a list
            text                                                       | has something in it that is no object: text or a number
            {kind: A, metadata: {name: a}}                             | a A has no apiVersion
            {apiVersion: v1, metadata: {name: a}}                      | an object has no kind
            {apiVersion: v1, kind: A}                                  | a A has no name
            {apiVersion: v1, kind: A, metadata: {generateName: a-}}    | Give it a name
            {apiVersion: v1, kind: A, metadata: {name: 1}}             | has a name that can't be one
            {apiVersion: v1, kind: A, metadata: {name: "../b"}}        | has a name that can't be one
            {apiVersion: v1, kind: A, metadata: {name: ".."}}          | has a name that can't be one
            {apiVersion: v1, kind: A, metadata: {name: a, namespace: "b/c"}} | has a namespace that can't be one
            {apiVersion: ../v1, kind: A, metadata: {name: a}}          | has a apiVersion that can't be one
            {apiVersion: v1, kind: "A?", metadata: {name: a}}          | has a kind that can't be one
            {apiVersion: v1, kind: A, metadata: {name: a}, v: !!timestamp 2026-11-26} | a kind that JSON doesn't know
            {apiVersion: v1, kind: A, metadata: {name: a}, v: !!java.net.URL a} | is no YAML
            {apiVersion: v1, kind: A, metadata: {name: a}, v: &x [*x]} | nested too deep
            """)
    void whatIsNoObjectIsSaid(String yaml, String expected) {
        assertThatThrownBy(() -> bundle(yaml).count())
                .isInstanceOf(InvalidManifestException.class)
                .hasMessageStartingWith("manifests[0]")
                .hasMessageContaining(expected);
    }

    /** Who may see the condition may not see the Secret. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: [" + SECRET,
                "{" + SECRET + ": 1, " + SECRET + ": 2}",
                "&" + SECRET + " *" + SECRET + "x",
                "!!" + SECRET + " a",
                "@" + SECRET,
                "- " + SECRET,
                "{kind: A, metadata: {name: a, " + SECRET + ": " + SECRET + "}}",
                "{apiVersion: v1, kind: '" + SECRET + "/'}",
            })
    void aSecretIsNotQuoted(String yaml) {
        assertThatThrownBy(() -> new Bundle(List.of(new ManifestText("manifests[0]", true, yaml)), List.of()).count())
                .isInstanceOf(InvalidManifestException.class)
                .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain(SECRET));
    }

    @Test
    void aFewLinesThatBecomeVeryManyAreRefused() {
        StringBuilder bomb = new StringBuilder("apiVersion: v1\nkind: A\nmetadata: {name: a}\nl0: &l0 [a, a, a]\n");
        for (int i = 1; i < 20; i++) {
            bomb.append("l%d: &l%d [*l%d, *l%d, *l%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }

        assertThatThrownBy(() -> bundle(bomb.toString()).count()).hasMessageContaining("too large");
    }

    /** Read, they would take a hundred times their size. */
    @Test
    void aDocumentOfVeryManyValuesIsRefusedBeforeTheyAreThere() {
        assertThatThrownBy(() -> bundle("a: [" + "a,".repeat(Bundle.MOST_BYTES / 2 - 10) + "a]")
                        .count())
                .hasMessageContaining("more than 40000 values");
        assertThat(bundle("---\n{apiVersion: v1, kind: A, metadata: {name: a}, v: [" + "a,".repeat(30_000) + "a]}\n")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void nestingIsBounded() {
        assertThatThrownBy(() -> bundle("a: " + "[".repeat(100_000)).count())
                .isInstanceOf(InvalidManifestException.class);
    }

    @Test
    void sizeAndNumberAreBounded() {
        String object = "---\n{apiVersion: v1, kind: A, metadata: {name: a}}\n";

        assertThat(bundle(object.repeat(Bundle.MOST_OBJECTS)).count()).isEqualTo(Bundle.MOST_OBJECTS);
        assertThatThrownBy(() -> bundle(object.repeat(Bundle.MOST_OBJECTS + 1)).count())
                .hasMessageContaining("more than 500 objects");
        assertThatThrownBy(() -> bundle("#".repeat(Bundle.MOST_BYTES + 1)).count())
                .hasMessageContaining("more than 1024 KiB");
    }

    @Test
    void theSameContentHasTheSameHashAndNoOther() {
        ManifestText a = new ManifestText("manifests[0]", false, "a");
        ManifestText b = new ManifestText("manifests[1]", false, "b");
        String hash = new Bundle(List.of(a, b), List.of()).hash("salt");

        assertThat(new Bundle(List.of(a, b), List.of()).hash("salt")).isEqualTo(hash);
        assertThat(List.of(
                        new Bundle(List.of(b, a), List.of()).hash("salt"),
                        new Bundle(List.of(a), List.of()).hash("salt"),
                        new Bundle(List.of(a, b), List.of()).hash("other"),
                        new Bundle(List.of(a, new ManifestText("manifests[1]", false, "c")), List.of()).hash("salt")))
                .doesNotContain(hash);
    }

    @Test
    void nothingIsNothing() {
        assertThat(bundle("# later\n").count()).isZero();
        assertThat(new Bundle(List.of(), List.of()).count()).isZero();
    }

    private static Bundle bundle(String yaml) {
        return new Bundle(List.of(new ManifestText("manifests[0]", false, yaml)), List.of());
    }

    @Test
    void chartsAreInstalledOneAfterTheOtherAndAnewInWhatBeginsAnew() {
        Bundle bundle = new Bundle(List.of(), List.of("web", "db"));
        ChartRun web = bundle.next("salt", "7", Set.of()).orElseThrow();
        ChartRun db = bundle.next("salt", "7", Set.of(web.id())).orElseThrow();

        assertThat(List.of(web.index(), db.index())).containsExactly(0, 1);
        assertThat(bundle.next("salt", "7", Set.of(web.id(), db.id()))).isEmpty();
        assertThat(bundle.next("salt", "8", Set.of(web.id(), db.id())))
                .map(ChartRun::index)
                .contains(0);
        assertThat(List.of(
                        bundle.hash("salt"),
                        new Bundle(List.of(), List.of("db", "web")).hash("salt"),
                        new Bundle(List.of(), List.of("web")).hash("salt")))
                .doesNotHaveDuplicates();
    }

    private static List<Manifest> manifests(String yaml) {
        List<Manifest> manifests = new ArrayList<>();
        bundle(yaml).manifests().forEachRemaining(manifests::add);
        return manifests;
    }
}
