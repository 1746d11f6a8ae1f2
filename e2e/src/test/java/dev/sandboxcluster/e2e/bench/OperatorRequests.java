package dev.sandboxcluster.e2e.bench;

import dev.sandboxcluster.e2e.HostCluster;
import dev.sandboxcluster.e2e.Sandbox;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the operator asks of the host cluster's API for its sandboxes. API Priority and Fairness sorts requests by who makes
 * them and what they do, and counts them. A FlowSchema for each verb of the operator's service account counts that and
 * no others, refused ones too; it treats them as before.
 */
public record OperatorRequests(HostCluster host) {

    public static final List<String> WRITES = List.of("create", "update", "patch", "delete", "deletecollection");
    public static final List<String> READS = List.of("get", "list");

    private static final String NAME = "sandboxcluster-bench-";

    private static final String COUNT = """
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: FlowSchema
            metadata: {name: %s}
            spec:
              matchingPrecedence: 900
              priorityLevelConfiguration: {name: workload-low}
              distinguisherMethod: {type: ByUser}
              rules:
                - subjects: [{kind: ServiceAccount, serviceAccount: {name: %s, namespace: %s}}]
                  resourceRules:
                    - verbs: [%s]
                      apiGroups: ["", apps, networking.k8s.io, sandboxcluster.dev]
                      resources: ["*"]
                      namespaces: ["*"]
            """;

    /** From now on they are counted. */
    public void count() {
        stop();
        String schemas = verbs().map(
                        verb -> COUNT.formatted(NAME + verb, HostCluster.RELEASE, HostCluster.SYSTEM, verb))
                .collect(Collectors.joining("---\n"));
        host.kubectl("create", "--filename=" + Sandbox.write(schemas)).run().ok();
    }

    public void stop() {
        host.kubectl("delete", "flowschemas", "--ignore-not-found")
                .with(verbs().map(NAME::concat).toArray(String[]::new))
                .run()
                .ok();
    }

    /** How many of these verbs there were; what counts is the difference of two moments. */
    public long of(List<String> verbs) {
        Metrics metrics =
                Metrics.parse(host.kubectl("get", "--raw", "/metrics").run().ok());
        return Math.round(verbs.stream()
                .flatMap(verb -> Stream.of("dispatched", "rejected")
                        .map("apiserver_flowcontrol_%s_requests_total"::formatted)
                        .map(name -> metrics.sum(name, "flow_schema", NAME + verb)))
                .mapToDouble(Double::doubleValue)
                .sum());
    }

    private static Stream<String> verbs() {
        return Stream.concat(READS.stream(), WRITES.stream());
    }
}
