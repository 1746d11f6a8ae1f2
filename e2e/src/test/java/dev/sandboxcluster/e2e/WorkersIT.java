package dev.sandboxcluster.e2e;

import static dev.sandboxcluster.e2e.Workers.GROUP_LABEL;
import static dev.sandboxcluster.e2e.Workers.soon;
import static dev.sandboxcluster.e2e.Workers.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.WorkerProblem;
import dev.sandboxcluster.e2e.story.Needs;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The story of workers with plain kubelets, which join by what a join Secret holds. It is the longest: it begins early. */
@Order(2)
class WorkersIT extends WorkersStory {

    private static final String KUBELETS =
            "storage: {type: Persistent}, expose: {type: NodePort, nodePort: {hostName: %s}},"
                    + " workers: {external: {enabled: true, bootstrap: KubeletTLS, %s}}";

    private static final String AGENTS =
            "storage: {type: Persistent}, expose: {type: NodePort, nodePort: {hostName: %s}},"
                    + " workers: {external: {enabled: true}}";

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

    /** What somebody does who has a server and a token, and no script. */
    private static final String BY_HAND =
            "kubectl --kubeconfig=/dev/null --insecure-skip-tls-verify --server=\"$1\" --token=\"$2\" get --raw /api";

    private static final String WITH_BUSYBOX = """
            mkdir -p /tmp/applets
            for applet in $(busybox --list); do ln -sf "$(command -v busybox)" "/tmp/applets/$applet"; done
            for program in kubelet kube-proxy iptables; do ln -sf "$(command -v $program)" /tmp/applets; done
            PATH=/tmp/applets exec busybox sh -c "$1" join.sh --check
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

    @Override
    String spec(String external) {
        return KUBELETS.formatted(bed.nodeAddress(), external);
    }

    @Override
    Machine startSecondMachine(String name) {
        return Machine.startWithSystemd(name);
    }

    @Override
    String arguments() {
        return Machine.KUBELET;
    }

    @Override
    Command.Result asNode(Machine machine, String... words) {
        return machine.kubectl("/var/lib/kubelet/kubeconfig", words);
    }

    @Override
    List<Machine> machinesWithLogs() {
        return List.of(w1, w2);
    }

    @Override
    void assertGroup(String node, String group) {
        assertThat(workers.label(node, GROUP_LABEL)).isEqualTo(group);
    }

    @Override
    String misdirected(Secret bundle, Secret others) {
        return Sandbox.value(bundle, "join.sh")
                .replace(
                        Sandbox.value(bundle, "ca.crt").strip(),
                        Sandbox.value(others, "ca.crt").strip());
    }

    @Override
    void assertWorthlessByHand(Secret bundle, Machine machine) {
        assertThat(machine.script(BY_HAND, Sandbox.value(bundle, "server"), Sandbox.value(bundle, "token"))
                        .errors())
                .contains("Unauthorized");
    }

    @Override
    void assertWaitsForOperator(Machine machine) {
        until(() -> pendingRequests().contains("kube-apiserver-client-kubelet"));
        assertThat(workers.nodeExists(machine.name())).isFalse();
    }

    @Override
    void awaitEndOfWaiting(Machine machine) {
        workers.installPodNetwork(machine);
        workers.awaitNode(machine);
    }

    @Override
    String removed() {
        return "removed /var/lib/kubelet/pki";
    }

    @Override
    String ended(Machine machine) {
        return machine.systemd() ? "removed /etc/systemd/system" : "ended join.sh";
    }

    @Test
    @Order(41)
    @Needs("aMachineBehindNatRunsPods")
    void theStatusSaysWhatDoesNotWorkBehindNat() {
        assertThat(workers.hasLogs(far)).isFalse();
        WorkerProblem problem = workers.awaitProblem("far", "KubeletUnreachable");
        assertThat(problem.message()).contains("10250");
        sandbox.awaitReason("WorkersReady", "NodesNeedAttention");
    }

    @Test
    @Order(51)
    @Needs("oneCommandMakesAMachineANodeOfItsGroup")
    void aNodeCannotServeAsTheApiServer() {
        String endpoint = URI.create(sandbox.status().endpoint()).getHost();

        w1.script(FORGED_REQUEST, "DNS:kubernetes.default.svc", "forged-name").ok();
        w1.script(FORGED_REQUEST, "DNS:w1,IP:" + endpoint, "forged-address").ok();

        awaitRefusal("forged-name", "AddressReserved");
        awaitRefusal("forged-address", "AddressReserved");
        workers.awaitProblem("w1", "AddressReserved");
    }

    @Test
    @Order(52)
    void aJoinTokenGetsNothingFromK3sItself() {
        assertThat(JoiningEndpoints.of(sandbox.secret("-join")).open()).isEmpty();
        assertThat(bed.client()
                        .services()
                        .inNamespace(sandbox.namespace())
                        .withName("demo")
                        .get()
                        .getSpec()
                        .getPorts())
                .singleElement()
                .extracting(port -> port.getTargetPort().getIntVal())
                .isEqualTo(6443);
    }

    @Test
    @Order(53)
    void whereK3sAgentsMayJoinItDoes() {
        Sandbox agents = Sandbox.apply(
                        bed, bed.lastingNamespace("workers"), "agents", AGENTS.formatted(bed.nodeAddress()))
                .awaitReady();
        agents.awaitReason("WorkersReady", "NoWorkers");

        assertThat(JoiningEndpoints.of(agents.secret("-join")).open())
                .contains("/cacerts", "/v1-k3s/client-kubelet.crt", "/v1-k3s/serving-kubelet.crt")
                .contains("/v1-k3s/client-kube-proxy.crt", "/v1-k3s/client-k3s-controller.crt");
        agents.delete();
    }

    @Test
    @Order(60)
    @Needs("oneCommandMakesAMachineANodeOfItsGroup")
    void aTokenOfOneGroupGetsNoNodeOfAnother() {
        String node = workers.nodeId("w1");

        Machine spare = newSpare();
        join(spare, sandbox.secret("-join-edge"), "--node-name w1");

        WorkerProblem problem = workers.awaitProblem("w1", "NameInUse");
        assertThat(problem.group()).isEqualTo("edge");
        assertThat(workers.nodeId("w1")).isEqualTo(node);
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
        assertThat(spare.run("ls", "/var/lib/kubelet/pki/kubelet-client-current.pem")
                        .exitCode())
                .isNotZero();
        spare.leave(sandbox.secret("-join-edge"));
    }

    @Test
    @Order(61)
    @Needs("aMachineBehindNatRunsPods")
    void aGroupThatIsFullTakesNobody() {
        Machine spare = newSpare();
        join(spare, sandbox.secret("-join-edge"));

        WorkerProblem problem = workers.awaitProblem("w3", "GroupFull");
        assertThat(problem.message()).contains("maxNodes");
        assertThat(workers.nodeExists("w3")).isFalse();
        spare.leave(sandbox.secret("-join-edge"));
    }

    @Test
    @Order(74)
    void aDeletedJoinSecretTakesItsTokenWithItAndComesBack() {
        Secret old = sandbox.secret("-join");
        String edge = Sandbox.value(sandbox.secret("-join-edge"), "token");

        bed.kubectl("delete", "secret", "demo-join", "--namespace=" + sandbox.namespace())
                .run()
                .ok();
        workers.awaitReplaced(old, newSpare());

        assertThat(Sandbox.value(sandbox.secret("-join-edge"), "token")).isEqualTo(edge);
    }

    @Test
    @Order(75)
    void aSmallMachinesShellAndToolsAreEnough() {
        assertThat(newSpare()
                        .script(WITH_BUSYBOX, Sandbox.value(sandbox.secret("-join"), "join.sh"))
                        .ok())
                .contains("Nothing stands in the way");
    }

    @Test
    @Order(76)
    void insideGvisorTheScriptRefuses() {
        String image = bed.client()
                .pods()
                .inNamespace(sandbox.namespace())
                .withName("demo-0")
                .get()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
        bed.kubectl(
                        "apply",
                        "--namespace=" + sandbox.namespace(),
                        "--filename=" + Sandbox.write(INSIDE_GVISOR.formatted(image)))
                .run()
                .ok();
        bed.kubectl(
                        "wait",
                        "pod/machine",
                        "--namespace=" + sandbox.namespace(),
                        "--for=jsonpath={.status.phase}=Failed",
                        "--timeout=60s")
                .run()
                .ok();

        assertThat(bed.kubectl("logs", "machine", "--namespace=" + sandbox.namespace())
                        .run()
                        .ok())
                .contains("FAIL  inside gVisor", "docs/solutions.md", "Nothing was changed");
    }

    private String pendingRequests() {
        return kubectl("get", "csr")
                .lines()
                .filter(line -> line.endsWith("Pending"))
                .toList()
                .toString();
    }

    private void awaitRefusal(String request, String reason) {
        soon(() -> assertThat(kubectl(
                        "get",
                        "csr",
                        request,
                        "--output=jsonpath={.status.conditions[*].type} {.status.conditions[*].reason}"))
                .as(workers::lookedAfter)
                .isEqualTo("Denied " + reason));
    }
}
