package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.WorkerGroupStatus;
import dev.sandboxcluster.api.v1alpha1.WorkerProblem;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;

/** The nodes of a sandbox and what runs on them, as its user sees and uses them, whichever kind of machine they are. */
record Workers(Sandbox sandbox, Path kubeconfig) {

    static final String GROUP_LABEL = "node-restriction.kubernetes.io/sandboxcluster-group";
    static final String PLACE_LABEL = "node-restriction.kubernetes.io/place";

    /** Of {@code workers.external}: two groups, of which one is small. */
    static final String GROUPS = "drainTimeout: 10s, groups: [{name: default},"
            + " {name: edge, maxNodes: 1, labels: {node-restriction.kubernetes.io/place: edge},"
            + " taints: [{key: edge, effect: NoSchedule}]}]";

    /** Of {@code workers.external}. */
    static final String BRIEF_TOKENS = "tokenTTL: 1m";

    private static final String SEVERAL_TIMES =
            "for i in 1 2 3 4 5 6 7 8 9 10; do timeout 5 wget -qO- http://web; done; true";

    /** Until it answers: the Service has a pod behind NAT, too, which the others don't reach. */
    static final String SOME_PAGE =
            "for i in 1 2 3 4 5 6 7 8 9 10; do timeout 5 wget -qO- http://web && break; done; true";

    private static final Duration SOON = Duration.ofMinutes(2);

    private static final String WEB = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web-%1$s, labels: {app: web}}
            spec:
              nodeName: %1$s
              terminationGracePeriodSeconds: 1
              tolerations: [{operator: Exists}]
              containers:
              - name: web
                image: sandboxcluster.test/busybox:1
                command: [sh, -c, "echo from %1$s >/www/index.html; echo started on %1$s; exec httpd -f -p 8080 -h /www"]
                readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
            """;

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
            """;

    private static final String GET_BY_TOKEN = "get() { timeout 5 wget -qO- --no-check-certificate"
            + " --header \"Authorization: Bearer $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)\" \"$1\"; }; ";

    private static final String API_BY_TOKEN = GET_BY_TOKEN + "get https://10.53.0.1/version";

    /** What verifies tokens of service accounts: it finds out where the keys are, and gets them there. */
    private static final String TOKEN_KEYS = GET_BY_TOKEN
            + "get \"$(get https://kubernetes.default.svc.cluster.local/.well-known/openid-configuration"
            + " | sed 's/.*\"jwks_uri\":\"\\([^\"]*\\)\".*/\\1/')\"";

    /** Those of a sandbox whose kubeconfig is published. */
    static Workers of(Sandbox sandbox) {
        return new Workers(sandbox, sandbox.kubeconfig());
    }

    String kubectl(String... words) {
        return command(words).run().ok();
    }

    Command command(String... words) {
        return Bed.kubectl(kubeconfig, words);
    }

    /** What a CNI of the user's own does elsewhere. */
    void installPodNetwork(Machine... machines) {
        Command.Result done = Bed.worker("pod-network", kubeconfig.toString())
                .with(Stream.of(machines).map(Machine::name).toArray(String[]::new))
                .run(Duration.ofSeconds(150));
        assertThat(done.exitCode()).as(() -> done.errors() + lookedAfter()).isZero();
    }

    /** What the operator says of its care for the nodes. */
    String lookedAfter() {
        return sandbox.condition("WorkersReady").map(Object::toString).orElse("no WorkersReady");
    }

    void awaitNode(Machine machine) {
        soon(() -> assertThat(command(
                                "get",
                                "node",
                                machine.name(),
                                "--output=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")
                        .run()
                        .output())
                .as(() -> lookedAfter() + "\n"
                        + machine.log()
                                .lines()
                                .reduce("", (all, line) -> all.length() > 20_000 ? all : all + line + "\n"))
                .isEqualTo("True"));
    }

    boolean nodeExists(String name) {
        return !kubectl("get", "node", name, "--ignore-not-found").isBlank();
    }

    String nodeId(String name) {
        return kubectl("get", "node", name, "--output=jsonpath={.metadata.uid}");
    }

    String label(String node, String key) {
        return kubectl("get", "node", node, "--output=jsonpath={.metadata.labels." + key.replace(".", "\\.") + "}");
    }

    WorkerGroupStatus group(String name) {
        return sandbox.status().workers().groups().stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    WorkerProblem awaitProblem(String node, String... reasons) {
        Predicate<WorkerProblem> wanted =
                problem -> problem.node().equals(node) && List.of(reasons).contains(problem.reason());
        soon(() -> assertThat(sandbox.status().workers().problems()).anyMatch(wanted));
        return sandbox.status().workers().problems().stream()
                .filter(wanted)
                .findFirst()
                .orElseThrow();
    }

    /** A pod on a machine that serves one page, which says where it is from. */
    void runWeb(Machine machine) {
        kubectl("apply", "--filename=" + Sandbox.write(WEB.formatted(machine.name())));
        assertThat(command("wait", "pod/" + web(machine), "--for=condition=Ready", "--timeout=110s")
                        .run()
                        .exitCode())
                .as(() -> kubectl("describe", "pod/" + web(machine), "node/" + machine.name()))
                .isZero();
    }

    /** One Service for the pods of all machines. */
    void serveWeb() {
        kubectl("apply", "--filename=" + Sandbox.write(SERVICE));
    }

    String inside(Machine machine, String script) {
        return kubectl("exec", web(machine), "--", "sh", "-c", script);
    }

    boolean hasLogs(Machine machine) {
        return command("logs", web(machine)).run().exitCode() == 0;
    }

    void assertLogsExecAndForward(Machine machine) throws IOException, InterruptedException {
        assertThat(kubectl("logs", web(machine))).contains("started on " + machine.name());
        assertThat(inside(machine, "cat /www/index.html")).contains("from " + machine.name());
        assertThat(forwarded(web(machine))).contains("from " + machine.name());
    }

    void assertNamesWorkInPods(Machine... machines) {
        kubectl("wait", "--namespace=kube-system", "deployment/coredns", "--for=condition=Available", "--timeout=90s");
        String[] pages =
                Stream.of(machines).map(machine -> "from " + machine.name()).toArray(String[]::new);
        for (Machine machine : machines) {
            // A pod that answers its probe late has no endpoint for a moment.
            soon(() -> assertThat(inside(machine, SEVERAL_TIMES)).contains(pages));
            soon(() -> assertThat(inside(machine, "timeout 5 wget -qO- http://web.default.svc.cluster.local"))
                    .containsAnyOf(pages));
            assertPodReachesApi(machine);
            soon(() -> assertThat(inside(machine, TOKEN_KEYS)).contains("\"keys\""));
        }
    }

    void assertPodReachesApi(Machine machine) {
        soon(() -> assertThat(inside(machine, API_BY_TOKEN)).contains("gitVersion"));
    }

    /** {@code kubectl cp} of some megabytes to a machine's pod and back. */
    void assertCopies(Machine machine, int megabytes) {
        try {
            byte[] content = new byte[megabytes << 20];
            new Random(megabytes).nextBytes(content);
            Path there = Files.createTempFile("copy", ".there");
            Path back = Files.createTempFile("copy", ".back");
            try {
                Files.write(there, content);
                Instant began = Instant.now();
                kubectl("cp", there.toString(), web(machine) + ":/tmp/copy");
                tell("for " + megabytes + " MiB to " + machine.name(), began);
                Instant turned = Instant.now();
                kubectl("cp", web(machine) + ":/tmp/copy", back.toString());
                tell("for " + megabytes + " MiB back from " + machine.name(), turned);
                assertThat(Files.mismatch(there, back)).isEqualTo(-1);
            } finally {
                Files.delete(there);
                Files.delete(back);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String forwarded(String pod) throws IOException, InterruptedException {
        Pattern listening = Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+)");
        try (Command.Running forward = command("port-forward", pod, ":8080").start()) {
            until(() -> listening.matcher(forward.output()).find());
            Matcher port = listening.matcher(forward.output());
            assertThat(port.find()).isTrue();
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.group(1) + "/"))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** Which containers run on the machines, since when, and how often they were started. */
    String containers(Machine... machines) {
        return Stream.of(machines)
                .map(machine -> kubectl(
                        "get",
                        "pod",
                        web(machine),
                        "--output=jsonpath={.metadata.uid} {.status.containerStatuses[0].containerID}"
                                + " {.status.containerStatuses[0].restartCount}"
                                + " {.status.containerStatuses[0].state.running.startedAt}"))
                .toList()
                .toString();
    }

    /** A budget holds the pod of a machine until the user says that it does not matter. */
    void assertBudgetHoldsDrainUntilForced(Machine machine) {
        String node = machine.name();
        kubectl("label", "pod", web(machine), "guarded=yes");
        kubectl("create", "poddisruptionbudget", "guard", "--selector=guarded=yes", "--min-available=1");
        until(() -> kubectl("get", "poddisruptionbudget", "guard", "--output=jsonpath={.status.currentHealthy}")
                .equals("1"));

        kubectl("taint", "node", node, "sandboxcluster.dev/remove=drain:NoSchedule");
        assertThat(awaitProblem(node, "DrainTimedOut").message()).contains("default/" + web(machine));
        assertThat(kubectl("get", "pod", web(machine))).contains("Running");
        assertThat(kubectl("get", "node", node)).contains("SchedulingDisabled");

        kubectl("taint", "--overwrite", "node", node, "sandboxcluster.dev/remove=force:NoSchedule");
        until(() -> !nodeExists(node));
        kubectl("delete", "poddisruptionbudget", "guard");
    }

    /** Waits until a join Secret holds another token, and nobody can join with the one before. */
    void awaitReplaced(Secret old, Machine tried) {
        Instant asked = Instant.now();
        soon(() -> assertThat(sandbox.secret("-join"))
                .isNotNull()
                .extracting(secret -> Sandbox.value(secret, "token"))
                .isNotEqualTo(Sandbox.value(old, "token")));
        tell("from the wish to another token", asked);
        soon(() -> assertThat(tried.check(old).errors()).contains("it expired or was revoked"));
        tell("from the wish to the end of the old token", asked);
    }

    /** Waits until the time of a bundle's token is over. */
    static void awaitExpiry(Secret bundle) {
        Instant expires = Instant.parse(Sandbox.value(bundle, "expires"));
        await().atMost(Duration.ofSeconds(90)).until(() -> Instant.now().isAfter(expires));
    }

    /** The script says so, and the API server where the machine's clock is wrong. */
    static void assertExpired(Secret bundle, Machine machine) {
        assertThat(machine.check(bundle).errors()).contains("the token expired at " + Sandbox.value(bundle, "expires"));
        String late = Sandbox.value(bundle, "join.sh")
                .replaceAll("TOKEN_EXPIRES_EPOCH='?\\d+'?", "TOKEN_EXPIRES_EPOCH=4000000000");
        // The API server forgets a token within ten seconds.
        soon(() -> assertThat(machine.script(late, "--check").errors()).contains("it expired or was revoked"));
    }

    /**
     * The sandbox's pod is lost, as with its node; ends when another one serves.
     *
     * @return when it was lost
     */
    Instant loseControlPlane(Testbed bed) {
        Instant lost = Instant.now();
        bed.kubectl("delete", "pod", "demo-0", "--namespace=" + sandbox.namespace(), "--force", "--grace-period=0")
                .run()
                .ok();
        until(() -> command("get", "--raw=/readyz").run().exitCode() == 0);
        tell("from the loss of the pod to an API that answers", lost);
        return lost;
    }

    private static String web(Machine machine) {
        return "web-" + machine.name();
    }

    static void until(BooleanSupplier condition) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(200)).until(condition::getAsBoolean);
    }

    static void soon(ThrowingRunnable assertion) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(200)).untilAsserted(assertion);
    }

    static void tell(String what, Instant since) {
        System.out.printf("%.1f s %s%n", Duration.between(since, Instant.now()).toMillis() / 1000.0, what);
    }
}
