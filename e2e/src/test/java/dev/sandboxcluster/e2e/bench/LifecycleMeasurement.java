package dev.sandboxcluster.e2e.bench;

import static dev.sandboxcluster.e2e.bench.Lab.say;
import static dev.sandboxcluster.e2e.bench.OperatorRequests.READS;
import static dev.sandboxcluster.e2e.bench.OperatorRequests.WRITES;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.e2e.Command;
import dev.sandboxcluster.e2e.Sandbox;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A sandbox that is stopped and started, one that gets another version, and many that end within a minute. */
final class LifecycleMeasurement {

    private static final String NAME = "lifecycle";
    private static final String SPEC =
            "storage: {type: Persistent, size: 256Mi}, expose: {type: NodePort, nodePort: {hostName: %s}}";
    private static final String READY = "--output=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}";
    private static final Duration BEGIN = Duration.ofSeconds(1);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration RUN_UP = Duration.ofMinutes(2);
    private static final int MANY = 200;

    private final Lab lab;
    private final OperatorRequests requests;
    private final Samples cold = Samples.of();
    private final Samples resumed = Samples.of();
    private final Samples changed = Samples.of();
    private final Samples interrupted = Samples.of();

    LifecycleMeasurement(Lab lab) {
        this.lab = lab;
        requests = new OperatorRequests(lab.host());
    }

    void measure(int runs, Table table) {
        for (int run = 1; run <= runs; run++) {
            String spec = SPEC.formatted(lab.host().nodeAddress());
            cold.add(untilReady(() -> lab.apply(NAME, spec)));
            Sandbox sandbox = lab.apply(NAME, spec);
            patch("{\"spec\": {\"operatingMode\": \"Suspended\"}}");
            Lab.waitFor("the end of the pod", () -> number(Pod.class) == 0);
            resumed.add(untilReady(() -> patch("{\"spec\": {\"operatingMode\": \"Running\"}}")));
            changed.add(untilReadyAgain(() -> version(lab.host().controlPlane().anotherTag())));
            interrupted.add(interruption(
                    sandbox, () -> version(lab.host().controlPlane().tag())));
            lab.delete(NAME);
            say(
                    "lifecycle: run %d of %d: Ready after %.2f s, resumed %.2f s, another version %.2f s, interrupted %.2f s",
                    run, runs, cold.last(), resumed.last(), changed.last(), interrupted.last());
        }
        table.row("a Persistent SandboxCluster: `kubectl apply` → Ready", cold, "%.2f", "s");
        table.row("the same, suspended: `operatingMode: Running` → Ready", resumed, "%.2f", "s");
        table.row("ratio", resumed.dividedBy(cold), "%.2f", "");
        table.row("another version: `kubectl patch` → Ready, with the trial of its image", changed, "%.2f", "s");
        table.row("another version: interruption that a client sees which asks every 100 ms", interrupted, "%.2f", "s");
        expire(table);
    }

    private double untilReady(Runnable change) {
        Command watch = lab.kubectl("get", "sandboxclusters", "--watch", READY).within(Lab.PATIENCE);
        try (Command.Followed watching = watch.follow()) {
            Lab.pause(BEGIN);
            Stopwatch stopwatch = Stopwatch.start();
            change.run();
            if (!watching.await("True")) {
                throw new IllegalStateException("the SandboxCluster is not Ready after " + Lab.PATIENCE);
            }
            return stopwatch.seconds();
        }
    }

    private double untilReadyAgain(Runnable change) {
        Command watch = lab.kubectl("get", "sandboxclusters", "--watch", READY).within(Lab.PATIENCE);
        try (Command.Followed watching = watch.follow()) {
            if (!watching.await("True")) {
                throw new IllegalStateException("the SandboxCluster is not Ready");
            }
            Stopwatch stopwatch = Stopwatch.start();
            change.run();
            if (!watching.await("False") || !watching.await("True")) {
                throw new IllegalStateException("the SandboxCluster is not Ready again after " + Lab.PATIENCE);
            }
            return stopwatch.seconds();
        }
    }

    private void version(String tag) {
        patch("{\"spec\": {\"version\": \"%s\"}}".formatted(tag));
    }

    private void patch(String merge) {
        lab.kubectl("patch", "sandboxcluster", NAME, "--type=merge", "--patch=" + merge)
                .run()
                .ok();
    }

    /** From the last answer before to the first one after. */
    private double interruption(Sandbox sandbox, Runnable change) {
        Config config = new ConfigBuilder(
                        Config.fromKubeconfig(sandbox.kubeconfig().toFile()))
                .withRequestTimeout(1000)
                .withConnectionTimeout(1000)
                .withRequestRetryBackoffLimit(0)
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            client.configMaps().inNamespace("default").list();
            change.run();
            Stopwatch all = Stopwatch.start();
            Stopwatch sinceAnswer = Stopwatch.start();
            double longest = 0;
            boolean failed = false;
            while (all.seconds() < Lab.PATIENCE.toSeconds()) {
                Lab.pause(TICK);
                try {
                    client.configMaps().inNamespace("default").list();
                    longest = Math.max(longest, sinceAnswer.seconds());
                    sinceAnswer = Stopwatch.start();
                    if (failed && all.seconds() > RUN_UP.toSeconds() / 4) {
                        return longest;
                    }
                } catch (KubernetesClientException noAnswer) {
                    failed = true;
                }
            }
        }
        throw new IllegalStateException("the API does not answer after " + Lab.PATIENCE);
    }

    private void expire(Table table) {
        requests.count();
        Instant first = Instant.now().plus(RUN_UP).truncatedTo(ChronoUnit.SECONDS);
        say("lifecycle: %d sandboxes that end within the minute from %s on", MANY, first);
        Map<String, Instant> ends = IntStream.range(0, MANY)
                .boxed()
                .collect(Collectors.toMap(
                        number -> "expiring-" + number, number -> first.plusMillis(number * 60_000L / MANY)));
        ends.forEach((name, end) -> lab.apply(
                name,
                "lifetime: {expiresAt: \"%s\"}, controlPlane: {nodeSelector: {no-such-node: \"true\"}}"
                        .formatted(end)));
        if (Instant.now().isAfter(first)) {
            throw new IllegalStateException("the machine is too slow: the first ended before the last was there");
        }
        Lab.pause(Duration.between(Instant.now(), first));
        long reads = requests.of(READS);
        long writes = requests.of(WRITES);
        Map<String, Double> late = new HashMap<>();
        ScaleMeasurement.await("the end of all", () -> {
            Set<String> there = lab
                    .host()
                    .client()
                    .resources(SandboxCluster.class)
                    .inNamespace(Lab.NAMESPACE)
                    .list()
                    .getItems()
                    .stream()
                    .map(cluster -> cluster.getMetadata().getName())
                    .collect(Collectors.toSet());
            Instant now = Instant.now();
            ends.forEach((name, end) -> {
                if (!there.contains(name)) {
                    late.putIfAbsent(name, Duration.between(end, now).toMillis() / 1000.0);
                }
            });
            return there.isEmpty();
        });
        ScaleMeasurement.await("the end of their objects", () -> number(StatefulSet.class) + number(Secret.class) == 0);
        double last = Duration.between(first, Instant.now()).toMillis() / 1000.0 - 60;
        String what = "%d sandboxes that end within a minute: ".formatted(MANY);
        table.row(
                what + "gone after their time",
                Samples.of(
                        late.values().stream().mapToDouble(Double::doubleValue).toArray()),
                "%.1f",
                "s",
                "goal ≤ 60 s; looked at every second");
        table.row(what + "their objects, after the last one's time", Samples.of(last), "%.0f", "s");
        table.row(
                what + "reads of the API for one",
                Samples.of((requests.of(READS) - reads) / (double) MANY),
                "%.1f",
                "");
        table.row(
                what + "writes of the API for one",
                Samples.of((requests.of(WRITES) - writes) / (double) MANY),
                "%.1f",
                "");
        requests.stop();
    }

    private int number(Class<? extends HasMetadata> type) {
        return lab.host()
                .client()
                .resources(type)
                .inNamespace(Lab.NAMESPACE)
                .list()
                .getItems()
                .size();
    }
}
