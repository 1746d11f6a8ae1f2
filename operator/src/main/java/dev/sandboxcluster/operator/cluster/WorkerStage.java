package dev.sandboxcluster.operator.cluster;

import static java.util.stream.Collectors.toMap;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.cluster.HostObjects.NameConflictException;
import dev.sandboxcluster.operator.cluster.ObjectWriter.Written;
import dev.sandboxcluster.operator.cluster.checks.Overlap;
import dev.sandboxcluster.operator.cluster.checks.Verdict;
import dev.sandboxcluster.operator.cluster.desired.Base64Data;
import dev.sandboxcluster.operator.cluster.desired.Blueprint;
import dev.sandboxcluster.operator.cluster.desired.Endpoint;
import dev.sandboxcluster.operator.cluster.desired.JoinSecret;
import dev.sandboxcluster.operator.cluster.desired.KubeconfigSecret;
import dev.sandboxcluster.operator.cluster.desired.WorkerSettings;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.workers.WorkerEventSource;
import dev.sandboxcluster.operator.workers.WorkerPlan;
import dev.sandboxcluster.operator.workers.WorkerPlan.TenantAccess;
import dev.sandboxcluster.operator.workers.WorkerReport;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** External workers: hands what is wanted to those who look after a tenant, and publishes what they made. */
final class WorkerStage {

    private final HostObjects host;
    private final WorkerEventSource sources;
    private final HostNetwork network;

    WorkerStage(HostObjects host, WorkerEventSource sources, HostNetwork network) {
        this.host = host;
        this.sources = sources;
        this.network = network;
    }

    /**
     * What came of it.
     *
     * @param problem what keeps machines from joining, whatever the tenant says
     * @param report what is known of the tenant
     * @param address at which machines join, with the port
     * @param joinSecrets the published Secrets' names, by group
     */
    record Outcome(
            Optional<Verdict> problem,
            WorkerReport report,
            Optional<String> address,
            Map<String, String> joinSecrets) {}

    /**
     * Does what can be done now. A tenant is told of its endpoint only after the operator itself has reached it there:
     * an agent that once learned a wrong address may keep it.
     *
     * @param version of the API server; empty: the operator does not reach it
     */
    Optional<Outcome> run(
            ResourceID id,
            Blueprint blueprint,
            SandboxClusterStatus previous,
            Written written,
            Optional<Pod> pod,
            Optional<String> version) {
        if (blueprint.workers().isEmpty()) {
            return withdraw(id, blueprint, previous, written, version);
        }
        WorkerSettings workers = blueprint.workers().get();
        Optional<String> address =
                written.addresses().flatMap(addresses -> Endpoint.workerAddress(blueprint, addresses));
        int port = written.endpoint().map(Endpoint::port).orElse(0);
        Optional<Verdict> overlap = Overlap.check(blueprint, network.ranges(), known(written, pod, address));
        if (overlap.isPresent() || address.isEmpty() || version.isEmpty() || !started(pod, blueprint, address.get())) {
            return Optional.of(new Outcome(
                    overlap, sources.latest(id), address.map(ip -> ip + ":" + port), published(blueprint, workers)));
        }
        WorkerPlan plan = plan(blueprint, workers, written, pod, address.get(), port, version.get());
        WorkerReport report = sources.observe(id, plan);
        Optional<Verdict> conflict = publish(blueprint, workers, report, address.get(), port, version.get(), written);
        // What is published now must be known to be, or its deletion would not be noticed as a wish.
        sources.observe(id, plan.withEpochs(epochs(blueprint, workers)));
        withdrawn(
                blueprint, workers.groups().stream().map(WorkerPlan.Group::name).toList());
        return Optional.of(
                new Outcome(conflict, report, Optional.of(address.get() + ":" + port), published(blueprint, workers)));
    }

    private WorkerPlan plan(
            Blueprint blueprint,
            WorkerSettings workers,
            Written written,
            Optional<Pod> pod,
            String address,
            int port,
            String version) {
        return new WorkerPlan(
                access(blueprint, written),
                workers.bootstrap(),
                address,
                port,
                version,
                workers.tokenTtl(),
                workers.removeNotReadyAfter(),
                workers.drainTimeout(),
                workers.groups(),
                epochs(blueprint, workers),
                reserved(blueprint, written, pod, address));
    }

    /** After external workers were turned off, their tokens are withdrawn once the tenant answers. */
    private Optional<Outcome> withdraw(
            ResourceID id,
            Blueprint blueprint,
            SandboxClusterStatus previous,
            Written written,
            Optional<String> version) {
        if (previous.workers() == null) {
            sources.forget(id);
            return Optional.empty();
        }
        withdrawn(blueprint, List.of());
        if (version.isEmpty() || written.kubeconfig().isEmpty()) {
            return Optional.of(new Outcome(Optional.empty(), WorkerReport.UNKNOWN, Optional.empty(), Map.of()));
        }
        WorkerReport report = sources.observe(
                id,
                new WorkerPlan(
                        access(blueprint, written),
                        Bootstrap.K3sAgent,
                        "",
                        0,
                        version.get(),
                        Duration.ofHours(1),
                        Optional.empty(),
                        Duration.ZERO,
                        List.of(),
                        Map.of(),
                        Set.of()));
        if (report.settled()) {
            sources.forget(id);
            return Optional.empty();
        }
        return Optional.of(new Outcome(Optional.empty(), report, Optional.empty(), Map.of()));
    }

    private static TenantAccess access(Blueprint blueprint, Written written) {
        Map<String, String> published =
                Base64Data.decode(written.kubeconfig().orElseThrow().getData());
        return new TenantAccess(
                Endpoint.internal(blueprint).url().toString(),
                published.get(KubeconfigSecret.CA_CERTIFICATE),
                published.get(KubeconfigSecret.CLIENT_CERTIFICATE),
                published.get(KubeconfigSecret.CLIENT_KEY));
    }

    /** A pod from before external workers were turned on, or the address changed, must not be told of an endpoint. */
    private static boolean started(Optional<Pod> pod, Blueprint blueprint, String address) {
        List<String> wanted = List.of(
                "--kube-apiserver-arg=endpoint-reconciler-type=none",
                "--flannel-backend=" + blueprint.flannelBackend().flag(),
                "--tls-san=" + address);
        return pod.filter(present -> present.getMetadata().getDeletionTimestamp() == null)
                .map(present -> present.getSpec().getContainers().get(0).getArgs())
                .filter(arguments -> arguments.containsAll(wanted))
                .isPresent();
    }

    private Map<String, String> epochs(Blueprint blueprint, WorkerSettings workers) {
        Map<String, String> epochs = new HashMap<>();
        workers.groups().forEach(group -> joinSecret(blueprint, group.name())
                .flatMap(secret -> JoinSecret.epoch(blueprint, secret))
                .ifPresent(epoch -> epochs.put(group.name(), epoch)));
        return epochs;
    }

    /** Empty: nothing was in the way. Without the cluster's keys, what is published stays as it is. */
    private Optional<Verdict> publish(
            Blueprint blueprint,
            WorkerSettings workers,
            WorkerReport report,
            String address,
            int port,
            String version,
            Written written) {
        if (written.pki().isEmpty()) {
            return Optional.empty();
        }
        try {
            for (WorkerPlan.Group group : workers.groups()) {
                Optional.ofNullable(report.tokens().get(group.name()))
                        .ifPresent(token -> host.apply(JoinSecret.desired(
                                blueprint,
                                workers,
                                group,
                                token,
                                address,
                                port,
                                version,
                                written.pki().get())));
            }
            return Optional.empty();
        } catch (NameConflictException conflict) {
            return Optional.of(ObjectWriter.verdict(conflict));
        }
    }

    private void withdrawn(Blueprint blueprint, List<String> groups) {
        host.allOf(Secret.class, blueprint.name())
                .filter(host::owns)
                .flatMap(secret ->
                        Optional.ofNullable(secret.getMetadata().getLabels().get(JoinSecret.GROUP)).stream())
                .filter(group -> !groups.contains(group))
                .toList()
                .forEach(group -> host.apply(JoinSecret.withdrawn(blueprint, group)));
    }

    private Map<String, String> published(Blueprint blueprint, WorkerSettings workers) {
        return workers.groups().stream()
                .map(WorkerPlan.Group::name)
                .filter(group -> joinSecret(blueprint, group).isPresent())
                .collect(toMap(group -> group, blueprint::joinSecretName));
    }

    private Optional<Secret> joinSecret(Blueprint blueprint, String group) {
        return host.cached(Secret.class, blueprint.joinSecretName(group)).filter(host::owns);
    }

    /** Addresses of the host cluster that the tenant's machines or its control plane have to do with. */
    private static List<String> known(Written written, Optional<Pod> pod, Optional<String> address) {
        List<String> known = new ArrayList<>();
        written.addresses().flatMap(addresses -> addresses.clusterIp()).ifPresent(known::add);
        address.ifPresent(known::add);
        pod.map(Pod::getStatus).ifPresent(status -> Stream.of(status.getPodIP(), status.getHostIP())
                .flatMap(Stream::ofNullable)
                .forEach(known::add));
        return known;
    }

    private static Set<String> reserved(Blueprint blueprint, Written written, Optional<Pod> pod, String address) {
        Set<String> reserved = new LinkedHashSet<>(blueprint.tlsSans());
        reserved.addAll(known(written, pod, Optional.of(address)));
        reserved.add(K3s.kubernetesService(blueprint.serviceCidr()));
        reserved.add(K3s.clusterDns(blueprint.serviceCidr()));
        pod.map(present -> present.getMetadata().getName()).ifPresent(reserved::add);
        return reserved;
    }
}
