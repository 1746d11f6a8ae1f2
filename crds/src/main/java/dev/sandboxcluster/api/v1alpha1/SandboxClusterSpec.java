package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * What the user asks for. A field that is left out takes the operator's default; what can be changed later costs a new
 * pod where the control plane has to be started with it.
 */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "className": {"maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"},
                  "version": {"x-kubernetes-validations": [
                    {"rule": "int(self.split('.')[1]) >= 32",
                     "message": "must be v1.32 or later: k3s before that cannot limit anonymous requests to health checks"}]},
                  "tlsSANs": {"maxItems": 32, "x-kubernetes-list-type": "set", "items": {
                    "type": "string", "maxLength": 253,
                    "x-kubernetes-validations": [
                        {"rule": "!self.contains('*')",
                         "message": "k3s drops wildcard names from its serving certificate: list every name"},
                        {"rule": "isIP(self) || self.matches('^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$')",
                         "message": "must be a DNS name or an IP address, without scheme and port"}]}}}}
                """)
@ValidationRule(
        value = "!(" + SandboxClusterSpec.WITH_WORKERS + ")"
                + " || (has(self.storage) && has(self.storage.type) && self.storage.type == 'Persistent')",
        message = "workers.external needs storage.type Persistent: nodes do not come back to a control plane that has"
                + " lost its objects")
@ValidationRule(
        value = "!(" + SandboxClusterSpec.WITH_WORKERS + ") || (has(self.expose) && has(self.expose.type)"
                + " && (self.expose.type in ['NodePort', 'LoadBalancer'] || (self.expose.type == 'Router'"
                + " && (has(self.expose.nodePort) || has(self.expose.loadBalancer)))))",
        message = "workers.external needs expose.type NodePort or LoadBalancer, or Router with expose.nodePort or"
                + " expose.loadBalancer: machines join at an IP address and port that stay, with TCP passed through")
@ValidationRule(
        value = "!(" + SandboxClusterSpec.WITH_WORKERS + ") || !has(self.expose) || !has(self.expose.type)"
                + " || !(self.expose.type == 'NodePort' || (self.expose.type == 'Router' && has(self.expose.nodePort)))"
                + " || (has(self.expose.nodePort) && has(self.expose.nodePort.hostName)"
                + " && isIP(self.expose.nodePort.hostName) && ip(self.expose.nodePort.hostName).family() == 4)",
        message = "workers.external with expose.type NodePort needs expose.nodePort.hostName: the IPv4 address at which"
                + " machines reach a node of the host cluster, now and later")
@ValidationRule(
        value = "!(" + SandboxClusterSpec.WITH_WORKERS + ") || !has(self.workers.external.bootstrap)"
                + " || self.workers.external.bootstrap != 'KubeletTLS' || !has(self.network)"
                + " || !has(self.network.flannelBackend) || self.network.flannelBackend == 'none'",
        message =
                "network.flannelBackend is for k3s agents: with workers.external.bootstrap KubeletTLS you bring the CNI")
@ValidationRule(
        value = "!(" + HostedWorkers.ENABLED + ") || !(" + SandboxClusterSpec.WITH_WORKERS + ")"
                + " || (!has(self.workers.external.bootstrap) || self.workers.external.bootstrap == 'K3sAgent')"
                + " && (!has(self.workers.external.groups) || self.workers.external.groups.all(g, g.name != 'hosted'))",
        message =
                "workers.hosted are k3s agents, of a group called hosted: workers.external beside them needs bootstrap"
                        + " K3sAgent, and no group of that name")
@ValidationRule(
        value = "!(" + HostedWorkers.ENABLED + ") || !has(self.lifetime) || !has(self.lifetime.dozeAfter)"
                + " || self.lifetime.dozeAfter == '0s'",
        message = "lifetime.dozeAfter can't be had with workers.hosted: nodes need the control plane at all times")
@ValidationRule(
        value = "!has(self.deletionProtection) || !self.deletionProtection || !has(self.lifetime)"
                + " || !has(self.lifetime.deleteAfterIdle) || self.lifetime.deleteAfterIdle == '0s'",
        message = "lifetime.deleteAfterIdle would delete what deletionProtection protects")
@ValidationRule(
        value = "!has(self.deletionProtection) || !self.deletionProtection || !has(self.lifetime)"
                + " || (!has(self.lifetime.ttl) && !has(self.lifetime.expiresAt))"
                + " || (has(self.lifetime.expirationPolicy) && self.lifetime.expirationPolicy == 'Suspend')",
        message = "lifetime would delete what deletionProtection protects: set lifetime.expirationPolicy to Suspend, or"
                + " leave out one of them")
@ValidationRule(
        value = "!has(self.controlPlane) || !has(self.controlPlane.enable)"
                + " || !('metrics-server' in self.controlPlane.enable) || (" + HostedWorkers.ENABLED + ")"
                + " || (" + SandboxClusterSpec.WITH_WORKERS + ")"
                + " && (!has(self.workers.external.bootstrap) || self.workers.external.bootstrap == 'K3sAgent')",
        message =
                "controlPlane.enable metrics-server needs k3s agents as workers: without them, the API it announces is"
                        + " never there, and no namespace can be deleted")
@ValidationRule(
        value = "!has(self.authentication) || !has(self.authentication.jwt) || self.authentication.jwt.all(a,"
                + " a.issuer.url != 'https://kubernetes.default.svc.' + (has(self.network)"
                + " && has(self.network.clusterDomain) ? self.network.clusterDomain : 'cluster.local'))",
        message =
                "authentication.jwt: an issuer.url is that of the cluster's own service accounts. If you mean those of"
                        + " another cluster, set network.clusterDomain in a new SandboxCluster")
public record SandboxClusterSpec(
        @JsonPropertyDescription(
                "The SandboxClusterClass: what the cluster has by default, and what it may be. Default: the class that is"
                        + " the default, if there is one.")
        String className,

        @JsonPropertyDescription(
                "The k3s release, as its image tag: v1.33.5-k3s1. Default: the operator's; a cluster keeps the one it"
                        + " started with.")
        @Pattern("^v1\\.[0-9]{1,3}\\.[0-9]{1,3}(-rc[0-9]{1,2})?-k3s[0-9]{1,2}$")
        String version,

        @JsonPropertyDescription(
                "Running, or Suspended: the control plane has no pod, and takes no CPU and memory; kubeconfig and address"
                        + " stay valid. With storage Persistent every object is kept; with Ephemeral all are lost."
                        + " Default: Running.")
        OperatingMode operatingMode,

        @JsonPropertyDescription("When the cluster ends by itself. Default: never.")
        Lifetime lifetime,

        @JsonPropertyDescription(
                "When the operator may start the control plane anew by itself, which it does to renew certificates that"
                        + " end. Default: at any time.")
        MaintenanceWindow maintenanceWindow,

        @JsonPropertyDescription("Whether the host cluster's API refuses to delete the SandboxCluster. Default: false.")
        Boolean deletionProtection,

        @JsonPropertyDescription("The pod in which the control plane runs.")
        ControlPlane controlPlane,

        @JsonPropertyDescription("Where the cluster's objects are kept.")
        Storage storage,

        @JsonPropertyDescription("From where the cluster's API can be reached.")
        Expose expose,

        @JsonPropertyDescription("The cluster's own address ranges.")
        Network network,

        @JsonPropertyDescription("What runs the cluster's pods. Default: nothing.")
        Workers workers,

        @JsonPropertyDescription("Who may use the cluster's API besides the holders of its kubeconfig.")
        Authentication authentication,

        @JsonPropertyDescription("The Secret in which the kubeconfig is published.")
        Kubeconfig kubeconfig,

        @JsonPropertyDescription("What is written for other tools besides the kubeconfig.")
        Outputs outputs,

        @JsonPropertyDescription("What the cluster has in it before it is Ready. Default: nothing.")
        Bootstrap bootstrap,

        @JsonPropertyDescription("Further DNS names and IP addresses for the API server's serving certificate.")
        List<String> tlsSANs) {

    static final String WITH_WORKERS =
            "has(self.workers) && has(self.workers.external) && self.workers.external.enabled";

    /** A spec in which everything is left to the defaults. */
    public static final SandboxClusterSpec EMPTY = new SandboxClusterSpec(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
}
