package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;

/**
 * The pod that runs k3s.
 *
 * <p>An image reference is what the OCI distribution specification says. The flags that the operator sets itself are refused in {@code extraArgs}, in every spelling k3s accepts for them
 * (k3s's command line takes {@code --flag=value}; see {@code k3s server --help}). The same flags could be given as
 * {@code K3S_*} environment variables, so these are refused in {@code env}.
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
                      {"rule": "self.all(a, !(a.split('=')[0] in ['--advertise-address', '--advertise-port', '--agent-token', '--agent-token-file', '--bind-address', '--c', '--cluster-init', '--cluster-reset', '--cluster-reset-restore-path', '--config', '--d', '--data-dir', '--datastore-cafile', '--datastore-certfile', '--datastore-endpoint', '--datastore-keyfile', '--disable', '--disable-agent', '--disable-apiserver', '--disable-controller-manager', '--disable-etcd', '--docker', '--https-listen-port', '--log', '--l', '--node-ip', '--node-name', '--o', '--rootless', '--s', '--server', '--t', '--tls-san', '--token', '--token-file', '--write-kubeconfig', '--write-kubeconfig-group', '--write-kubeconfig-mode']))",
                       "message": "the operator manages these flags itself: --advertise-address, --advertise-port, --agent-token, --agent-token-file, --bind-address, --cluster-init, --cluster-reset, --cluster-reset-restore-path, --config, --data-dir, --datastore-*, --disable (use controlPlane.disable), --disable-agent, --disable-apiserver, --disable-controller-manager, --disable-etcd, --docker, --https-listen-port, --log, --node-ip, --node-name, --rootless, --server, --tls-san (use tlsSANs), --token, --token-file, --write-kubeconfig*"},
                      {"rule": "self.all(a, !a.matches('^--(kube-(apiserver|controller-manager|scheduler)|etcd)-arg=-*(anonymous-auth|authentication-config|client-ca-file|tls-cert-file|tls-private-key-file|etcd-[a-z-]+|secure-port|bind-address|authorization-mode|authorization-config|kubeconfig|use-service-account-credentials|service-account-[a-z-]+|data-dir|root-ca-file|cluster-signing-[a-z-]+)(=.*)?$'))",
                       "message": "the operator or k3s manages these component arguments itself: anonymous-auth, authentication-config, authorization-config, authorization-mode, bind-address, client-ca-file, cluster-signing-*, data-dir, etcd-*, kubeconfig, root-ca-file, secure-port, service-account-*, tls-cert-file, tls-private-key-file, use-service-account-credentials"}]},
                  "env": {"maxItems": 64, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
                  "disable": {"maxItems": 16, "x-kubernetes-list-type": "set",
                    "items": {"type": "string",
                      "enum": ["coredns", "local-storage", "metrics-server", "runtimes", "servicelb", "traefik"]}},
                  "nodeSelector": {"maxProperties": 64},
                  "tolerations": {"maxItems": 64, "x-kubernetes-list-type": "atomic"}}}
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
                "k3s's packaged components to leave out. Default: local-storage, metrics-server, servicelb, traefik,"
                        + " which need a worker; with k3s agents as workers, metrics-server runs. A list given here"
                        + " takes the default's place.")
        List<String> disable,

        @JsonPropertyDescription("Labels of the nodes on which the pod may run.")
        Map<String, String> nodeSelector,

        @JsonPropertyDescription("Taints that the pod tolerates.")
        List<Toleration> tolerations) {

    /** A control plane of which everything is left to the defaults. */
    public static final ControlPlane EMPTY = new ControlPlane(null, null, null, null, null, null, null, null);
}
