package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	socket   = "/run/k3s/containerd/containerd.sock"
	cniDir   = "/etc/cni/net.d"
	sandbox  = "sandboxcluster.test/pause:1"
	privates = 0o600
)

// write has all files that the node's programs read.
func (n *node) write() error {
	files := map[string]string{
		"server-ca.crt":        string(n.serverCA),
		"client-ca.crt":        string(n.clientCA),
		"client-kubelet.crt":   string(n.kubelet.certificate),
		"client-kubelet.key":   string(n.kubelet.key),
		"serving-kubelet.crt":  string(n.serving.certificate),
		"serving-kubelet.key":  string(n.serving.key),
		"kubelet.kubeconfig":   n.kubeconfig(n.kubelet),
		"kubeproxy.kubeconfig": n.kubeconfig(n.proxy),
		"etc/containerd.toml":  n.containerdSettings(),
		"etc/kubelet.yaml":     n.kubeletSettings(),
		"etc/kube-proxy.yaml":  n.proxySettings(),
	}
	for name, content := range files {
		path := n.file(name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), privates); err != nil {
			return err
		}
	}
	return os.MkdirAll(cniDir, 0o755)
}

func (n *node) kubeconfig(of pair) string {
	encoded := func(content []byte) string { return base64.StdEncoding.EncodeToString(content) }
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: default, cluster: {server: %q, certificate-authority-data: %s}}]
users: [{name: default, user: {client-certificate-data: %s, client-key-data: %s}}]
contexts: [{name: default, context: {cluster: default, user: default}}]
current-context: default
`, n.server, encoded(n.serverCA), encoded(of.certificate), encoded(of.key))
}

func (n *node) containerdSettings() string {
	return fmt.Sprintf(`version = 2
root = %q
state = "/run/k3s/containerd"
[grpc]
  address = %q
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %q
  restrict_oom_score_adj = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/bin"
  conf_dir = %q
`, n.file("containerd"), socket, sandbox, cniDir)
}

func (n *node) kubeletSettings() string {
	return fmt.Sprintf(`apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://%s
cgroupDriver: cgroupfs
failSwapOn: false
tlsCertFile: %s
tlsPrivateKeyFile: %s
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: %s}
authorization: {mode: Webhook}
clusterDomain: %s
clusterDNS: [%s]
serializeImagePulls: false
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 50Mi}
`, socket, n.file("serving-kubelet.crt"), n.file("serving-kubelet.key"), n.file("client-ca.crt"),
		n.settings.ClusterDomain, n.settings.ClusterDNS)
}

func (n *node) proxySettings() string {
	return fmt.Sprintf(`apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: %s}
hostnameOverride: %s
mode: iptables
clusterCIDR: %s
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
iptables: {minSyncPeriod: 100ms, syncPeriod: 30s}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
`, n.file("kubeproxy.kubeconfig"), n.nodeName, n.settings.ClusterCIDR)
}

func (n *node) kubeletArguments() []string {
	arguments := []string{
		"kubelet", "--config=" + n.file("etc/kubelet.yaml"), "--kubeconfig=" + n.file("kubelet.kubeconfig"),
		"--hostname-override=" + n.nodeName, "--node-ip=" + n.address.String(),
	}
	if len(n.nodeLabels) > 0 {
		arguments = append(arguments, "--node-labels="+strings.Join(n.nodeLabels, ","))
	}
	if len(n.nodeTaints) > 0 {
		arguments = append(arguments, "--register-with-taints="+strings.Join(n.nodeTaints, ","))
	}
	for _, given := range n.kubeletArgs {
		arguments = append(arguments, "--"+given)
	}
	return arguments
}
