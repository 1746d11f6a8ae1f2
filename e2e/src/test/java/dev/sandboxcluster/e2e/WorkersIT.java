package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.WorkerGroupStatus;
import dev.sandboxcluster.api.v1alpha1.WorkerProblem;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Machines with a plain kubelet join by what a join Secret holds, run pods, and leave: one sandbox's life with its
 * workers, told in order. One of the machines is behind a router that lets no connection in.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WorkersIT {

    private static final String KUBELETS =
            "storage: {type: Persistent}, expose: {type: NodePort, nodePort: {hostName: %s}},"
                    + " workers: {external: {enabled: true, bootstrap: KubeletTLS, %s}}";
    private static final String GROUPS = "drainTimeout: 10s, groups: [{name: default},"
            + " {name: edge, maxNodes: 1, labels: {node-restriction.kubernetes.io/place: edge},"
            + " taints: [{key: edge, effect: NoSchedule}]}]";
    private static final String BRIEF_TOKENS = "tokenTTL: 1m";

    private static final String GROUP_LABEL = "node-restriction.kubernetes.io/sandboxcluster-group";
    private static final Duration SOON = Duration.ofSeconds(60);

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

    private static final String FORGED_REQUEST = """
            cd /tmp
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout forged.key -out forged.csr \
              -subj /O=system:nodes/CN=system:node:w1 -addext "subjectAltName=$1" || exit 1
            kubectl --kubeconfig=/var/lib/kubelet/kubeconfig create --filename=- <<END
            apiVersion: certificates.k8s.io/v1
            kind: CertificateSigningRequest
            metadata: {name: $2}
            spec:
              signerName: kubernetes.io/kubelet-serving
              usages: [digital signature, server auth]
              request: $(base64 -w 0 forged.csr)
            END
            """;

    private static final String INSIDE_GVISOR = """
            apiVersion: v1
            kind: Pod
            metadata: {name: machine}
            spec:
              runtimeClassName: gvisor
              restartPolicy: Never
              securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: machine
                image: %s
                command: [sh, /join/join.sh, --check]
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                volumeMounts: [{name: join, mountPath: /join}]
              volumes: [{name: join, secret: {secretName: demo-join}}]
            """;

    /** The Service has a pod behind NAT, too, which the others don't reach. */
    private static final String SEVERAL_TIMES =
            "for i in 1 2 3 4 5 6 7 8 9 10; do timeout 5 wget -qO- http://web; done; true";

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static Sandbox sandbox;
    private static Sandbox other;
    private static Path kubeconfig;
    private static Machine w1;
    private static Machine w2;
    private static Machine far;
    private static Machine spare;
    private static Secret brief;

    @BeforeAll
    static void sandboxesAndMachines() {
        String node = BED.client().nodes().list().getItems().get(0).getStatus().getAddresses().stream()
                .filter(address -> address.getType().equals("InternalIP"))
                .findFirst()
                .orElseThrow()
                .getAddress();
        String namespace = BED.lastingNamespace("workers");
        sandbox = Sandbox.apply(BED, namespace, "demo", KUBELETS.formatted(node, GROUPS));
        w1 = Machine.start("w1");
        w2 = Machine.startWithSystemd("w2");
        far = Machine.start("far", "--nat");
        spare = Machine.start("w3");
        sandbox.awaitReady();
        sandbox.awaitReason("WorkersReady", "NoWorkers");
        kubeconfig = sandbox.kubeconfig();
        other = Sandbox.apply(BED, BED.lastingNamespace("workers"), "other", KUBELETS.formatted(node, BRIEF_TOKENS));
    }

    @AfterAll
    static void endMachines() {
        Stream.of("w1", "w2", "far", "w3")
                .forEach(name -> Testbed.worker("down", name).run());
    }

    @Test
    @Order(10)
    void oneCommandMakesAMachineANode() {
        Instant typed = Instant.now();
        w1.join(sandbox.secret("-join"));
        w2.join(sandbox.secret("-join"));
        installPodNetwork(sandbox, w1, w2);
        awaitNode(sandbox, w1);
        awaitNode(sandbox, w2);
        tell("from the join command to two nodes that are Ready", typed);

        sandbox.awaitReason("WorkersReady", "AllNodesReady");
        assertThat(sandbox.status().workers().nodes()).isEqualTo(2);
        assertThat(sandbox.status().workers().ready()).isEqualTo(2);
        assertThat(group("default").nodes()).isEqualTo(2);
        assertThat(group("default").versions()).hasSize(1);
        assertThat(label("w1", GROUP_LABEL)).isEqualTo("default");
    }

    @Test
    @Order(20)
    void podsOfBothRunAndAreReachedFromOutside() throws Exception {
        kubectl("apply", "--filename=" + Sandbox.write(SERVICE));
        runWeb(w1);
        runWeb(w2);

        for (Machine machine : List.of(w1, w2)) {
            String pod = "web-" + machine.name();
            assertThat(kubectl("logs", pod)).contains("started on " + machine.name());
            assertThat(kubectl("exec", pod, "--", "cat", "/www/index.html")).contains("from " + machine.name());
            assertThat(forwarded(pod)).contains("from " + machine.name());
        }
    }

    @Test
    @Order(30)
    void podsReachEachOtherByTheNameOfAServiceAndTheApiWithTheirToken() {
        kubectl("wait", "--namespace=kube-system", "deployment/coredns", "--for=condition=Available", "--timeout=90s");

        for (Machine machine : List.of(w1, w2)) {
            assertThat(inside(machine, "for i in 1 2 3 4 5 6 7 8 9 10; do timeout 5 wget -qO- http://web; done"))
                    .contains("from w1", "from w2");
            assertThat(inside(machine, "timeout 5 wget -qO- http://web.default.svc.cluster.local"))
                    .contains("from w");
            assertThat(inside(
                            machine,
                            "timeout 5 wget -qO- --no-check-certificate --header"
                                    + " \"Authorization: Bearer"
                                    + " $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)\""
                                    + " https://10.53.0.1/version"))
                    .contains("gitVersion");
        }
    }

    @Test
    @Order(40)
    void aMachineBehindNatRunsPodsAndItsStatusSaysWhatDoesNotWork() {
        far.join(sandbox.secret("-join-edge"));
        installPodNetwork(sandbox, far);
        awaitNode(sandbox, far);
        runWeb(far);

        assertThat(label("far", GROUP_LABEL)).isEqualTo("edge");
        assertThat(label("far", "node-restriction.kubernetes.io/place")).isEqualTo("edge");
        assertThat(kubectl("get", "node", "far", "--output=jsonpath={.spec.taints[*].key}"))
                .contains("edge");
        assertThat(Testbed.kubectl(kubeconfig, "logs", "web-far").run().exitCode())
                .isNotZero();
        WorkerProblem problem = awaitProblem("far", "KubeletUnreachable");
        assertThat(problem.message()).contains("10250");
        sandbox.awaitReason("WorkersReady", "NodesNeedAttention");
    }

    @Test
    @Order(50)
    void aKubeletCannotChooseItsGroup() {
        assertThat(w1.kubectl("label", "node", "w1", "--overwrite", GROUP_LABEL + "=edge")
                        .errors())
                .contains("Forbidden", "is not allowed to modify labels");
        assertThat(w1.kubectl("label", "node", "w2", "mine=yes").errors()).contains("Forbidden");
        assertThat(label("w1", GROUP_LABEL)).isEqualTo("default");
    }

    @Test
    @Order(51)
    void aNodeCannotServeAsTheApiServer() {
        String endpoint = URI.create(sandbox.status().endpoint()).getHost();

        w1.script(FORGED_REQUEST, "DNS:kubernetes.default.svc", "forged-name").ok();
        w1.script(FORGED_REQUEST, "DNS:w1,IP:" + endpoint, "forged-address").ok();

        awaitRefusal("forged-name", "AddressReserved");
        awaitRefusal("forged-address", "AddressReserved");
        awaitProblem("w1", "AddressReserved");
    }

    @Test
    @Order(60)
    void aTokenOfOneGroupGetsNoNodeOfAnother() {
        String node = kubectl("get", "node", "w1", "--output=jsonpath={.metadata.uid}");

        spare.join(sandbox.secret("-join-edge"), "--node-name w1");

        WorkerProblem problem = awaitProblem("w1", "NameInUse");
        assertThat(problem.group()).isEqualTo("edge");
        assertThat(kubectl("get", "node", "w1", "--output=jsonpath={.metadata.uid}"))
                .isEqualTo(node);
        assertThat(label("w1", GROUP_LABEL)).isEqualTo("default");
        assertThat(spare.run("ls", "/var/lib/kubelet/pki/kubelet-client-current.pem")
                        .exitCode())
                .isNotZero();
        spare.leave(sandbox.secret("-join-edge"));
    }

    @Test
    @Order(61)
    void aGroupThatIsFullTakesNobody() {
        spare.join(sandbox.secret("-join-edge"));

        WorkerProblem problem = awaitProblem("w3", "GroupFull");
        assertThat(problem.message()).contains("maxNodes");
        assertThat(nodeExists("w3")).isFalse();
        spare.leave(sandbox.secret("-join-edge"));
    }

    @Test
    @Order(70)
    void anotherClusterAtTheAddressIsRefusedBeforeAnythingChanges() {
        other.awaitReady();
        other.awaitReason("WorkersReady", "NoWorkers");
        brief = other.secret("-join");
        Secret mine = sandbox.secret("-join");
        String misdirected = Sandbox.value(mine, "join.sh")
                .replace(
                        Sandbox.value(mine, "ca.crt").strip(),
                        Sandbox.value(brief, "ca.crt").strip());

        spare.run("touch", "/tmp/before").ok();
        Command.Result refused = spare.script(misdirected, "--foreground");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.errors()).contains("another cluster", "The token was not sent to it", "Nothing was changed");
        assertThat(spare.script("find /etc/kubernetes /var/lib/kubelet -newer /tmp/before -type f")
                        .ok())
                .isBlank();
    }

    @Test
    @Order(71)
    void aRevokedTokenIsWorthlessWithinSecondsAndAnotherIsThere() {
        Secret old = sandbox.secret("-join");
        assertThat(spare.check(old).ok()).contains("Nothing stands in the way");

        sandbox.annotate("sandboxcluster.dev/revoke-join-tokens=now");
        awaitReplaced(sandbox, old);

        assertThat(spare.check(sandbox.secret("-join")).ok()).contains("Nothing stands in the way");
        assertThat(kubectl("get", "node", "w1", "w2", "far")).doesNotContain("NotReady");
    }

    @Test
    @Order(72)
    void aDeletedJoinSecretTakesItsTokenWithItAndComesBack() {
        Secret old = sandbox.secret("-join");
        String edge = Sandbox.value(sandbox.secret("-join-edge"), "token");

        BED.kubectl("delete", "secret", "demo-join", "--namespace=" + sandbox.namespace())
                .run()
                .ok();
        awaitReplaced(sandbox, old);

        assertThat(Sandbox.value(sandbox.secret("-join-edge"), "token")).isEqualTo(edge);
    }

    @Test
    @Order(73)
    void insideGvisorTheScriptRefuses() {
        String image = BED.client()
                .pods()
                .inNamespace(sandbox.namespace())
                .withName("demo-0")
                .get()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
        BED.kubectl(
                        "apply",
                        "--namespace=" + sandbox.namespace(),
                        "--filename=" + Sandbox.write(INSIDE_GVISOR.formatted(image)))
                .run()
                .ok();
        BED.kubectl(
                        "wait",
                        "pod/machine",
                        "--namespace=" + sandbox.namespace(),
                        "--for=jsonpath={.status.phase}=Failed",
                        "--timeout=60s")
                .run()
                .ok();

        assertThat(BED.kubectl("logs", "machine", "--namespace=" + sandbox.namespace())
                        .run()
                        .ok())
                .contains("FAIL  inside gVisor", "docs/solutions.md", "Nothing was changed");
    }

    @Test
    @Order(80)
    void podsRunOnWhileTheControlPlaneIsReplaced() {
        String before = containers();
        Instant killed = Instant.now();
        BED.kubectl("delete", "pod", "demo-0", "--namespace=" + sandbox.namespace(), "--force", "--grace-period=0")
                .run()
                .ok();

        until(() -> Testbed.kubectl(kubeconfig, "get", "--raw=/readyz").run().exitCode() == 0);
        tell("from the loss of the pod to an API that answers", killed);
        until(() -> Testbed.kubectl(kubeconfig, "logs", "web-w1").run().exitCode() == 0);
        tell("from the loss of the pod to logs", killed);
        awaitNode(sandbox, w1);
        awaitNode(sandbox, w2);
        awaitNode(sandbox, far);
        sandbox.awaitReady();

        assertThat(containers()).isEqualTo(before);
        assertThat(inside(w2, SEVERAL_TIMES)).contains("from w");
    }

    @Test
    @Order(81)
    void withoutOperatorNodesWorkOnAndWhoJoinsWaits() {
        String before = containers();
        BED.withoutOperator(() -> {
            spare.join(sandbox.secret("-join"));
            assertThat(kubectl("logs", "web-w1")).contains("started on w1");
            assertThat(inside(w2, SEVERAL_TIMES)).contains("from w");
            until(() -> pendingRequests().contains("kube-apiserver-client-kubelet"));
            assertThat(nodeExists("w3")).isFalse();
        });

        Instant back = Instant.now();
        installPodNetwork(sandbox, spare);
        awaitNode(sandbox, spare);
        tell("from an operator that is back to the node that waited", back);
        assertThat(containers()).isEqualTo(before);
    }

    @Test
    @Order(90)
    void aNodeIsDrainedWithRespectForBudgetsAndRemovedByForceIfTheUserSaysSo() {
        runWeb(spare);
        kubectl("label", "pod", "web-w3", "guarded=yes");
        kubectl("create", "poddisruptionbudget", "guard", "--selector=guarded=yes", "--min-available=1");
        until(() -> kubectl("get", "poddisruptionbudget", "guard", "--output=jsonpath={.status.currentHealthy}")
                .equals("1"));

        kubectl("annotate", "node", "w3", "sandboxcluster.dev/remove=drain");
        assertThat(awaitProblem("w3", "DrainTimedOut").message()).contains("default/web-w3");
        assertThat(kubectl("get", "pod", "web-w3")).contains("Running");
        assertThat(kubectl("get", "node", "w3")).contains("SchedulingDisabled");

        kubectl("annotate", "--overwrite", "node", "w3", "sandboxcluster.dev/remove=force");
        until(() -> !nodeExists("w3"));
        kubectl("delete", "poddisruptionbudget", "guard");
    }

    @Test
    @Order(91)
    void aMachineThatLeftJoinsAgainUnderItsName() {
        assertThat(spare.leave(sandbox.secret("-join"))).contains("removed /var/lib/kubelet/pki");
        assertThat(spare.check(sandbox.secret("-join")).ok()).contains("Nothing stands in the way");

        spare.join(sandbox.secret("-join"));
        installPodNetwork(sandbox, spare);
        awaitNode(sandbox, spare);

        assertThat(kubectl("get", "node", "w3")).doesNotContain("SchedulingDisabled");
        runWeb(spare);
    }

    @Test
    @Order(92)
    void anExpiredTokenIsRefusedAndTheSecretHasAnother() {
        Instant expires = Instant.parse(Sandbox.value(brief, "expires"));
        await().atMost(Duration.ofSeconds(90)).until(() -> Instant.now().isAfter(expires));

        assertThat(Sandbox.value(other.secret("-join"), "token")).isNotEqualTo(Sandbox.value(brief, "token"));
        assertThat(w2.script(Sandbox.value(brief, "join.sh"), "--check").errors())
                .contains("the token expired at " + expires);
        // A machine whose clock is wrong learns it from the API server, which forgets a token within ten seconds.
        String late = Sandbox.value(brief, "join.sh")
                .replaceAll("TOKEN_EXPIRES_EPOCH='?\\d+'?", "TOKEN_EXPIRES_EPOCH=4000000000");
        soon(() -> assertThat(w2.script(late, "--check").errors()).contains("it expired or was revoked"));
    }

    @Test
    @Order(100)
    void machinesOfADeletedSandboxLeaveAndMayJoinAnother() {
        Secret bundle = sandbox.secret("-join");
        sandbox.delete();

        assertThat(spare.check(other.secret("-join")).errors()).contains("has joined another cluster");
        assertThat(spare.leave(bundle)).contains("removed /var/lib/kubelet/pki");
        spare.join(other.secret("-join"));
        installPodNetwork(other, spare);
        awaitNode(other, spare);
        assertThat(w1.leave(bundle)).contains("ended join.sh", "removed /var/lib/kubelet/pki");
    }

    private static String kubectl(String... words) {
        return Testbed.kubectl(kubeconfig, words).run().ok();
    }

    /** What a CNI of the user's own does elsewhere. */
    private static void installPodNetwork(Sandbox sandbox, Machine... machines) {
        Testbed.worker("pod-network", sandbox.kubeconfig().toString())
                .with(Stream.of(machines).map(Machine::name).toArray(String[]::new))
                .run(Duration.ofSeconds(90))
                .ok();
    }

    private static void awaitNode(Sandbox sandbox, Machine machine) {
        Path kubeconfig = sandbox.kubeconfig();
        soon(() -> assertThat(Testbed.kubectl(
                                kubeconfig,
                                "get",
                                "node",
                                machine.name(),
                                "--output=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")
                        .run()
                        .output())
                .as(() -> machine.log()
                        .lines()
                        .reduce("", (all, line) -> all.length() > 20_000 ? all : all + line + "\n"))
                .isEqualTo("True"));
    }

    private static boolean nodeExists(String name) {
        return !kubectl("get", "node", name, "--ignore-not-found").isBlank();
    }

    private static String label(String node, String key) {
        return kubectl("get", "node", node, "--output=jsonpath={.metadata.labels." + key.replace(".", "\\.") + "}");
    }

    private static void runWeb(Machine machine) {
        kubectl("apply", "--filename=" + Sandbox.write(WEB.formatted(machine.name())));
        kubectl("wait", "pod/web-" + machine.name(), "--for=condition=Ready", "--timeout=60s");
    }

    private static String inside(Machine machine, String script) {
        return kubectl("exec", "web-" + machine.name(), "--", "sh", "-c", script);
    }

    private static String forwarded(String pod) throws IOException, InterruptedException {
        Pattern listening = Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+)");
        try (Command.Running forward =
                Testbed.kubectl(kubeconfig, "port-forward", pod, ":8080").start()) {
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
    private static String containers() {
        return Stream.of("w1", "w2", "far")
                .map(node -> kubectl(
                        "get",
                        "pod",
                        "web-" + node,
                        "--output=jsonpath={.metadata.uid} {.status.containerStatuses[0].containerID}"
                                + " {.status.containerStatuses[0].restartCount}"
                                + " {.status.containerStatuses[0].state.running.startedAt}"))
                .toList()
                .toString();
    }

    private static String pendingRequests() {
        return kubectl("get", "csr")
                .lines()
                .filter(line -> line.endsWith("Pending"))
                .toList()
                .toString();
    }

    private static void awaitRefusal(String request, String reason) {
        soon(() -> assertThat(kubectl(
                        "get",
                        "csr",
                        request,
                        "--output=jsonpath={.status.conditions[*].type} {.status.conditions[*].reason}"))
                .isEqualTo("Denied " + reason));
    }

    private static WorkerGroupStatus group(String name) {
        return sandbox.status().workers().groups().stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static WorkerProblem awaitProblem(String node, String reason) {
        soon(() -> assertThat(sandbox.status().workers().problems())
                .anyMatch(problem ->
                        problem.node().equals(node) && problem.reason().equals(reason)));
        return sandbox.status().workers().problems().stream()
                .filter(problem ->
                        problem.node().equals(node) && problem.reason().equals(reason))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until a join Secret holds another token, and nobody can join with the one before. */
    private static void awaitReplaced(Sandbox sandbox, Secret old) {
        Instant asked = Instant.now();
        soon(() -> assertThat(sandbox.secret("-join"))
                .isNotNull()
                .extracting(secret -> Sandbox.value(secret, "token"))
                .isNotEqualTo(Sandbox.value(old, "token")));
        tell("from the wish to another token", asked);
        soon(() -> assertThat(spare.check(old).errors()).contains("it expired or was revoked"));
        tell("from the wish to the end of the old token", asked);
    }

    private static void until(BooleanSupplier condition) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(200)).until(condition::getAsBoolean);
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(200)).untilAsserted(assertion);
    }

    private static void tell(String what, Instant since) {
        System.out.printf("%.1f s %s%n", Duration.between(since, Instant.now()).toMillis() / 1000.0, what);
    }
}
