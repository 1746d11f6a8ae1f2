package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.HostedPublication;
import dev.sandboxcluster.api.v1alpha1.PublishedService;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.external.plan.Forwarded;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.objects.Hosts;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Line;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Whether the Services that are to be reached from outside are; pure. The sandbox is Ready without them. */
public final class PublishedCheck {

    private static final int NAMED = 3;
    private static final int MESSAGE = 300;

    private PublishedCheck() {}

    /**
     * What was seen on the host cluster.
     *
     * @param services by their names in the spec
     * @param ingresses by their names in the spec
     * @param refused why one is not there, by its name in the spec
     */
    public record OnHost(Map<String, Service> services, Map<String, Ingress> ingresses, Map<String, Verdict> refused) {

        /** Nothing was written. */
        public static final OnHost NONE = new OnHost(Map.of(), Map.of(), Map.of());
    }

    /** What the status says of them. */
    static List<PublishedService> shown(Identity sandbox, List<Published> wanted, OnHost host) {
        return wanted.stream()
                .map(published -> new PublishedService(
                        published.name(), address(sandbox, published, host).orElse(null)))
                .toList();
    }

    /** The verdict on {@code ServicesPublished}. */
    static Verdict check(
            Situation situation, List<Published> wanted, WorkerReport report, boolean reached, OnHost host) {
        return verdict(situation.sandbox(), wanted, report, reached, host)
                .or(() -> situation.lastKnownOfThisSpec(ConditionType.ServicesPublished))
                .orElseGet(() -> Verdict.unknown(
                        Reason.CONTROL_PLANE_NOT_RUNNING, "Services are published once the control plane answers"));
    }

    /** Empty: not known now. */
    private static Optional<Verdict> verdict(
            Identity sandbox, List<Published> wanted, WorkerReport report, boolean reached, OnHost host) {
        Optional<Verdict> refused = wanted.stream()
                .flatMap(published -> Stream.ofNullable(host.refused().get(published.name())))
                .findFirst();
        if (refused.isPresent()) {
            return refused;
        }
        if (!reached || !report.current()) {
            return Optional.empty();
        }
        List<String> waiting = report.forwarded().stream()
                .flatMap(one -> one.obstacle().map(why -> one.name() + ": " + Line.of(why, MESSAGE)).stream())
                .toList();
        if (!waiting.isEmpty()) {
            return Optional.of(Verdict.fails(
                    Reason.WAITING_FOR_SERVICE,
                    waiting.size() + " of " + wanted.size() + " Services can't be published yet; " + named(waiting)));
        }
        return withoutAddress(
                        sandbox,
                        wanted,
                        host,
                        HostedPublication.Type.LoadBalancer,
                        "The host cluster's load balancer has not given an address yet to %s; if this lasts, the host"
                                + " cluster may have no load balancer: take type ClusterIP")
                .or(() -> withoutAddress(
                        sandbox,
                        wanted,
                        host,
                        HostedPublication.Type.Ingress,
                        "No Ingress controller of the host cluster has given an address yet to %s; if this lasts, there"
                                + " may be none for that class, which the operator's chart sets"
                                + " (workers.hosted.ingress.className), or one that isn't set up to say its address"))
                .or(() -> Optional.of(Verdict.holds(
                        Reason.SERVICES_PUBLISHED,
                        wanted.size() == 1
                                ? "The Service is published"
                                : "All " + wanted.size() + " Services are published")));
    }

    private static Optional<Verdict> withoutAddress(
            Identity sandbox, List<Published> wanted, OnHost host, HostedPublication.Type type, String message) {
        return Optional.of(wanted.stream()
                        .filter(published -> published.type() == type)
                        .filter(published -> address(sandbox, published, host).isEmpty())
                        .map(Published::name)
                        .toList())
                .filter(waiting -> !waiting.isEmpty())
                .map(waiting -> Verdict.fails(Reason.WAITING_FOR_ADDRESS, message.formatted(named(waiting))));
    }

    private static Optional<String> address(Identity sandbox, Published published, OnHost host) {
        return published.ingress().isPresent()
                ? Optional.ofNullable(host.ingresses().get(published.name()))
                        .flatMap(ingress ->
                                PublishingIngress.url(published.ingress().get(), ingress))
                : Optional.ofNullable(host.services().get(published.name()))
                        .flatMap(service -> address(sandbox, published, service));
    }

    /** Of a load balancer's addresses always the same, whatever their order. */
    private static Optional<String> address(Identity sandbox, Published published, Service service) {
        int port = published.what().port();
        if (published.type() == HostedPublication.Type.ClusterIP) {
            return Optional.of(service.getMetadata().getName() + "." + sandbox.namespace() + ".svc:" + port);
        }
        List<LoadBalancerIngress> balancers = Optional.ofNullable(service.getStatus())
                .map(ServiceStatus::getLoadBalancer)
                .map(LoadBalancerStatus::getIngress)
                .orElse(List.of());
        List<String> hosts = new ArrayList<>();
        balancers.stream()
                .flatMap(one -> Stream.ofNullable(one.getIp()))
                .sorted()
                .forEach(hosts::add);
        balancers.stream()
                .flatMap(one -> Stream.ofNullable(one.getHostname()))
                .sorted()
                .forEach(hosts::add);
        return hosts.stream().findFirst().map(host -> Hosts.withPort(host, port));
    }

    private static String named(List<String> texts) {
        return String.join("; ", texts.subList(0, Math.min(NAMED, texts.size()))) + (texts.size() > NAMED ? "; …" : "");
    }

    /**
     * The ports of nodes at which something is forwarded, by names in the spec.
     *
     * @param before those that were published, which stay as long as nobody knows better
     */
    static Map<String, Integer> ports(
            List<Published> wanted, WorkerReport report, boolean reached, Map<String, Integer> before) {
        Map<String, Integer> ports = new TreeMap<>();
        boolean known = reached && report.current();
        for (Published published : wanted) {
            Optional<Integer> now = report.forwarded().stream()
                    .filter(one -> one.name().equals(published.name()))
                    .findFirst()
                    .flatMap(Forwarded::nodePort);
            (known ? now : Optional.ofNullable(before.get(published.name())))
                    .ifPresent(port -> ports.put(published.name(), port));
        }
        return ports;
    }
}
