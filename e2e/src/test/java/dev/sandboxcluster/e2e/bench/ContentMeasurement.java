package dev.sandboxcluster.e2e.bench;

import dev.sandboxcluster.e2e.Bed;
import dev.sandboxcluster.e2e.Command;
import dev.sandboxcluster.e2e.Sandbox;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesListBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a sandbox takes once it was used: nobody asks it for anything any more, but it has, or had, much content. */
final class ContentMeasurement {

    private static final Duration FILLING = Duration.ofMinutes(5);
    private static final int CONFIG_MAPS = 1500;
    private static final int DEFINITIONS = 12;
    private static final int FIELDS = 760;
    private static final String SPEC = "expose: {type: NodePort}";

    private final Lab lab;

    ContentMeasurement(Lab lab) {
        this.lab = lab;
    }

    void measure(Table table) {
        lab.apply("content-empty", SPEC).awaitReady(Lab.PATIENCE);
        Lab.say("content: %d ConfigMaps come and go ...", CONFIG_MAPS);
        Sandbox used = lab.apply("content-used", SPEC).awaitReady(Lab.PATIENCE);
        create(used, CONFIG_MAPS, number -> new ConfigMapBuilder()
                .withNewMetadata()
                .withName("used-" + number)
                .withNamespace("default")
                .endMetadata()
                .withData(Map.of("content", "x".repeat(4000)))
                .build());
        // As one request: kubectl would delete and await each by itself, for many minutes.
        admin(used, "delete", "--raw=/api/v1/namespaces/default/configmaps");
        Lab.say("content: %d CustomResourceDefinitions ...", DEFINITIONS);
        Sandbox heavy = lab.apply("content-heavy", SPEC).awaitReady(Lab.PATIENCE);
        create(heavy, DEFINITIONS, ContentMeasurement::definition);

        Lab.IdleMinute idle = lab.idleMinute("content: one idle minute");
        row(table, idle, "content-empty", "an empty sandbox");
        row(table, idle, "content-used", "one in which " + CONFIG_MAPS + " ConfigMaps came and went");
        row(table, idle, "content-heavy", "one with " + DEFINITIONS + " CustomResourceDefinitions of 136 KB");
        List.of("content-empty", "content-used", "content-heavy").forEach(lab::delete);
    }

    private static void row(Table table, Lab.IdleMinute idle, String name, String what) {
        String pod = name + "-0";
        table.row(
                what + ", after a minute without requests: memory",
                Samples.of(idle.before().memory(Lab.NAMESPACE, pod)),
                "%.0f",
                "MiB");
        table.row(
                what + ": CPU time in the next minute",
                Samples.of(idle.after().cpuSince(idle.before(), Lab.NAMESPACE, pod)),
                "%.1f",
                "s");
    }

    private static void create(Sandbox sandbox, int number, IntFunction<HasMetadata> object) {
        List<HasMetadata> objects = IntStream.range(0, number).mapToObj(object).toList();
        admin(
                sandbox,
                "create",
                "--filename="
                        + Sandbox.write(Serialization.asJson(
                                new KubernetesListBuilder().withItems(objects).build())));
    }

    private static void admin(Sandbox sandbox, String... words) {
        Command command = Bed.kubectl(sandbox.kubeconfig(), words);
        command.run(FILLING).ok();
    }

    private static HasMetadata definition(int number) {
        Map<String, JSONSchemaProps> leaves =
                Map.of("a", ofType("string").build(), "b", ofType("integer").build());
        Map<String, JSONSchemaProps> fields = IntStream.range(0, FIELDS)
                .boxed()
                .collect(Collectors.toMap(field -> "field%04d".formatted(field), field -> ofType("object")
                        .withDescription("d".repeat(60))
                        .withProperties(leaves)
                        .build()));
        return new CustomResourceDefinitionBuilder()
                .withNewMetadata()
                .withName("big%ds.bench.example".formatted(number))
                .endMetadata()
                .withNewSpec()
                .withGroup("bench.example")
                .withScope("Namespaced")
                .withNewNames()
                .withPlural("big%ds".formatted(number))
                .withSingular("big%d".formatted(number))
                .withKind("Big%d".formatted(number))
                .endNames()
                .addNewVersion()
                .withName("v1")
                .withServed(true)
                .withStorage(true)
                .withNewSchema()
                .withOpenAPIV3Schema(ofType("object")
                        .withProperties(Map.of(
                                "spec", ofType("object").withProperties(fields).build()))
                        .build())
                .endSchema()
                .endVersion()
                .endSpec()
                .build();
    }

    private static JSONSchemaPropsBuilder ofType(String type) {
        return new JSONSchemaPropsBuilder().withType(type);
    }
}
