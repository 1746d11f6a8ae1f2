package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.util.List;
import java.util.Map;

/**
 * The pod that runs k3s.
 *
 * <p>An image reference is what the OCI distribution specification says. The flags that the operator sets itself are
 * refused in {@code extraArgs}, in every spelling k3s accepts for them (k3s's command line takes {@code --flag=value}; see
 * {@code k3s server --help}). Of a component's argument, k3s takes {@code name+=value} and {@code name-=value} too, and
 * the component {@code _} for {@code -}. The same flags could be given as {@code K3S_*} environment variables, so these
 * are refused in {@code env}.
 */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "image": {"maxLength": 512, "x-kubernetes-validations": [
                    {"rule": "self.matches('^([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]{1,5})?/)?[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(@sha256:[a-f0-9]{64})?$')",
                     "message": "must be an image reference: [registry[:port]/]repository[:tag][@sha256:digest]"}]},
                  "runtimeClassName": {"maxLength": 253, "pattern": "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$"},
                  "extraArgs": {"maxItems": 64, "x-kubernetes-list-type": "atomic",
                    "items": {"type": "string", "maxLength": 1024},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(a, a.matches('^--[a-z0-9][-a-z0-9]*(=.*)?$'))",
                       "message": "write each flag as one item: --flag or --flag=value"},
                      {"rule": "self.all(a, !a.contains('$('))",
                       "message": "Kubernetes would replace $(NAME) by the value of a variable: write the value itself"},
                      {"rule": "self.all(a, !(a.split('=')[0] in ['--advertise-address', '--advertise-port', '--agent-token', '--agent-token-file', '--apiserver-bind-address', '--apiserver-port', '--bind-address', '--c', '--cluster-cidr', '--cluster-dns', '--cluster-domain', '--cluster-init', '--cluster-reset', '--cluster-reset-restore-path', '--config', '--d', '--data-dir', '--datastore-cafile', '--datastore-certfile', '--datastore-endpoint', '--datastore-keyfile', '--disable', '--disable-agent', '--disable-apiserver', '--disable-controller-manager', '--disable-etcd', '--docker', '--egress-selector-mode', '--flannel-backend', '--https-listen-port', '--log', '--l', '--node-external-ip', '--node-ip', '--node-name', '--o', '--rootless', '--s', '--server', '--service-cidr', '--supervisor-metrics', '--supervisor-port', '--t', '--tls-san', '--token', '--token-file', '--with-node-id', '--write-kubeconfig', '--write-kubeconfig-group', '--write-kubeconfig-mode']))",
                       "message": "the operator manages these flags itself: --advertise-address, --advertise-port, --agent-token, --agent-token-file, --apiserver-*, --bind-address, --cluster-cidr (use network.podCIDR), --cluster-dns, --cluster-domain (use network.clusterDomain), --cluster-init, --cluster-reset, --cluster-reset-restore-path, --config, --data-dir, --datastore-*, --disable (use controlPlane.disable), --disable-agent, --disable-apiserver, --disable-controller-manager, --disable-etcd, --docker, --egress-selector-mode, --flannel-backend (use network.flannelBackend), --https-listen-port, --log, --node-external-ip, --node-ip, --node-name, --rootless, --server, --service-cidr (use network.serviceCIDR), --supervisor-metrics, --supervisor-port, --tls-san (use tlsSANs), --token, --token-file, --with-node-id, --write-kubeconfig*"},
                      {"rule": "self.all(a, !a.matches('^--[a-z-]+-arg$'))",
                       "message": "write each argument of a component as one item: --kube-apiserver-arg=name=value"},
                      {"rule": "self.all(a, !a.replace('_', '-').matches('^--[a-z-]+-arg=-*oidc-'))",
                       "message": "use authentication.jwt in place of the oidc-* arguments: the API server does not take them beside its authentication file"},
                      {"rule": "self.all(a, !a.replace('_', '-').matches('^--(kube-(apiserver|controller-manager|controller|scheduler)|etcd)-arg=-*(advertise-address|anonymous-auth|authentication-config|authorization-config|authorization-mode|bind-address|client-ca-file|cluster-cidr|cluster-signing-[a-z-]+|data-dir|egress-selector-config-file|enable-bootstrap-token-auth|endpoint-reconciler-type|etcd-[a-z-]+|kubeconfig|root-ca-file|secure-port|service-account-[a-z-]+|service-cluster-ip-range|tls-cert-file|tls-private-key-file|use-service-account-credentials)[-+]*(=.*)?$'))",
                       "message": "the operator or k3s manages these component arguments itself: advertise-address, anonymous-auth, authentication-config, authorization-config, authorization-mode, bind-address, client-ca-file, cluster-cidr, cluster-signing-*, data-dir, egress-selector-config-file, enable-bootstrap-token-auth, endpoint-reconciler-type, etcd-*, kubeconfig, root-ca-file, secure-port, service-account-*, service-cluster-ip-range, tls-cert-file, tls-private-key-file, use-service-account-credentials"}]},
                  "env": {"maxItems": 64, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
                  "disable": {"maxItems": 16, "x-kubernetes-list-type": "set",
                    "items": {"type": "string",
                      "enum": ["coredns", "local-storage", "metrics-server", "runtimes", "servicelb", "traefik"]}},
                  "enable": {"maxItems": 16, "x-kubernetes-list-type": "set",
                    "items": {"type": "string", "enum": ["metrics-server"]}},
                  "nodeSelector": {"maxProperties": 64, "additionalProperties": {"maxLength": 63},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(k, k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$') && self[k].matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$'))",
                       "message": "must be labels: a name of at most 63 characters, perhaps behind a DNS name and a slash, and a value of at most 63"}]},
                  "tolerations": {"maxItems": 64, "x-kubernetes-list-type": "atomic", "items": {"properties": {
                    "operator": {"enum": ["Exists", "Equal"]},
                    "effect": {"enum": ["NoSchedule", "PreferNoSchedule", "NoExecute"]}}}},
                  "topologySpreadConstraints": {"maxItems": 16, "x-kubernetes-list-type": "atomic"},
                  "priorityClassName": {"maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"},
                  "imagePullSecrets": {"maxItems": 16, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                    "items": {"properties": {"name": {"maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}}, "required": ["name"]}},
                  "files": {"maxItems": 16, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["mountPath"],
                    "x-kubernetes-validations": [
                      {"rule": "self.all(a, self.all(b, !b.mountPath.startsWith(a.mountPath + '/')))",
                       "message": "no mountPath may be within another"}]}},
                 "x-kubernetes-validations": [
                    {"rule": "!has(self.enable) || !has(self.disable) || self.enable.all(c, !(c in self.disable))",
                     "message": "controlPlane.enable and controlPlane.disable name the same component"}]}
                """)
public record ControlPlane(
        @JsonPropertyDescription(
                "The k3s image, in place of the operator's repository and version. A reference without tag and digest"
                        + " gets the version as its tag.")
        String image,

        @JsonPropertyDescription(
                "The RuntimeClass that isolates the pod. Default: gvisor. An empty string runs it in the cluster's"
                        + " default container runtime: only for sandboxes whose users you trust.")
        String runtimeClassName,

        @JsonPropertyDescription("What the control plane requests of its node and may use at most.")
        Resources resources,

        @JsonPropertyDescription("Further flags of 'k3s server', each as one item: --flag or --flag=value.")
        List<String> extraArgs,

        @JsonPropertyDescription("Environment of the control plane; GOGC, GOMEMLIMIT and GODEBUG have defaults.")
        List<EnvVar> env,

        @JsonPropertyDescription(
                "k3s's packaged components to leave out. Default: local-storage, servicelb, traefik, which need a"
                        + " worker. A list given here takes the default's place.")
        List<String> disable,

        @JsonPropertyDescription(
                "k3s's packaged components that are left out unless they are named here: metrics-server, which needs"
                        + " k3s agents as workers. As long as no pod of it runs, no namespace of the cluster can be"
                        + " deleted.")
        List<String> enable,

        @JsonPropertyDescription("Labels of the nodes on which the pod may run.")
        Map<String, String> nodeSelector,

        @JsonPropertyDescription("Taints that the pod tolerates.")
        List<Toleration> tolerations,

        @JsonPropertyDescription("On which nodes, and beside which pods, it may run. A change replaces the pod.")
        Affinity affinity,

        @JsonPropertyDescription("How it is spread with other pods. A change replaces the pod.")
        List<TopologySpreadConstraint> topologySpreadConstraints,

        @JsonPropertyDescription("Its PriorityClass. A change replaces the pod.")
        String priorityClassName,

        @JsonPropertyDescription("Further labels and annotations of the pod. A change replaces the pod.")
        PodMetadata podMetadata,

        @JsonPropertyDescription("Secrets with credentials for the image's registry. A change replaces the pod.")
        List<LocalObjectReference> imagePullSecrets,

        @JsonPropertyDescription(
                "As whom it runs, where the host cluster prescribes that, as OpenShift does. A change replaces the pod;"
                        + " on a volume, change fsGroup together with runAsUser.")
        PodSecurity securityContext,

        @JsonPropertyDescription(
                "Files that flags in extraArgs name, such as an audit policy, from ConfigMaps and Secrets of the"
                        + " namespace, read-only. k3s reads them when it starts. A change of the list replaces the pod.")
        List<MountedFiles> files) {

    /** The RuntimeClass of a pod of which neither spec nor class name one. */
    public static final String DEFAULT_RUNTIME_CLASS = "gvisor";

    /** A control plane of which everything is left to the defaults. */
    public static final ControlPlane EMPTY = new ControlPlane(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
}
