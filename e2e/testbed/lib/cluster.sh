# shellcheck shell=bash
# The host cluster: what runs in the bed, with which settings.

NODE=testbed
COMPONENTS=(containerd etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy)

# Only while the bed is there: without it, its addresses lead elsewhere.
host_kubectl() { is_alive "$RUN/first" && "$BIN/kubectl" --kubeconfig "$KUBECONFIG_FILE" "$@"; }

ctr_images() { "$BIN/ctr" --address "$CONTAINERD_SOCKET" --namespace k8s.io images "$@"; }

write_settings() {
  mkdir -p "$CLUSTER"/{settings,cni,kubelet}
  containerd_settings >"$CLUSTER/settings/containerd.toml"
  printf '[runsc_config]\n  platform = "systrap"\n' >"$CLUSTER/settings/runsc.toml"
  cni_settings >"$CLUSTER/cni/10-testbed.conflist"
  kubelet_settings >"$CLUSTER/settings/kubelet.yaml"
  proxy_settings >"$CLUSTER/settings/kube-proxy.yaml"
  : >"$CLUSTER/settings/resolv.conf"
}

containerd_settings() {
  cat <<END
version = 2
root = "$CLUSTER_INSIDE/containerd"
state = "/run/containerd"
[grpc]
  address = "$CONTAINERD_SOCKET"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runsc]
  runtime_type = "io.containerd.runsc.v1"
  pod_annotations = ["dev.gvisor.*"]
  container_annotations = ["dev.gvisor.*"]
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runsc.options]
  TypeUrl = "io.containerd.runsc.v1.options"
  ConfigPath = "$CLUSTER_INSIDE/settings/runsc.toml"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "$STATE_INSIDE/debian/usr/lib/cni"
  conf_dir = "$CLUSTER_INSIDE/cni"
END
}

# A cable per pod, not a bridge: Services then work without br_netfilter.
cni_settings() {
  cat <<END
{"cniVersion": "0.4.0", "name": "testbed", "plugins": [
  {"type": "ptp", "mtu": 1500, "ipam": {
    "type": "host-local", "dataDir": "$CLUSTER_INSIDE/cni/addresses",
    "ranges": [[{"subnet": "$POD_CIDR"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}
]}
END
}

kubelet_settings() {
  cat <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://$CONTAINERD_SOCKET
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failSwapOn: false
address: $NODE_ADDRESS
healthzBindAddress: 127.0.0.1
tlsCertFile: $CLUSTER_INSIDE/pki/kubelet-serving.crt
tlsPrivateKeyFile: $CLUSTER_INSIDE/pki/kubelet-serving.key
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $CLUSTER_INSIDE/pki/cluster-ca.crt}
authorization: {mode: Webhook}
clusterDomain: cluster.local
clusterDNS: [$DNS_SERVICE_ADDRESS]
resolvConf: $CLUSTER_INSIDE/settings/resolv.conf
maxPods: 250
serializeImagePulls: false
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi}
END
}

proxy_settings() {
  cat <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $CLUSTER_INSIDE/proxy.kubeconfig}
hostnameOverride: $NODE
mode: iptables
clusterCIDR: $POD_CIDR
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
iptables: {minSyncPeriod: 100ms, syncPeriod: 30s}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
END
}

start_etcd() {
  start etcd etcd --name testbed --data-dir "$CLUSTER_INSIDE/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster testbed=http://127.0.0.1:2380
}

start_apiserver() {
  local pki=$CLUSTER_INSIDE/pki
  start kube-apiserver kube-apiserver --etcd-servers http://127.0.0.1:2379 \
    --bind-address "$NODE_ADDRESS" --advertise-address "$NODE_ADDRESS" --secure-port 6443 \
    --cert-dir "$pki" --tls-cert-file "$pki/kube-apiserver.crt" --tls-private-key-file "$pki/kube-apiserver.key" \
    --client-ca-file "$pki/cluster-ca.crt" --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --service-cluster-ip-range "$SERVICE_CIDR" --allow-privileged \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file "$pki/service-account.pub" --service-account-signing-key-file "$pki/service-account.key" \
    --kubelet-client-certificate "$pki/kubelet-client.crt" --kubelet-client-key "$pki/kubelet-client.key" \
    --kubelet-certificate-authority "$pki/cluster-ca.crt" --kubelet-preferred-address-types InternalIP \
    --requestheader-client-ca-file "$pki/front-proxy-ca.crt" --requestheader-allowed-names front-proxy-client \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file "$pki/front-proxy-client.crt" --proxy-client-key-file "$pki/front-proxy-client.key"
}

# CONTROLLER_MANAGER_ARGS: words that are flags
start_controller_manager() {
  local pki=$CLUSTER_INSIDE/pki kubeconfig=$CLUSTER_INSIDE/controller-manager.kubeconfig
  # shellcheck disable=SC2086
  start kube-controller-manager kube-controller-manager ${CONTROLLER_MANAGER_ARGS:-} --kubeconfig "$kubeconfig" \
    --authentication-kubeconfig "$kubeconfig" --authorization-kubeconfig "$kubeconfig" --bind-address 127.0.0.1 \
    --leader-elect=false --use-service-account-credentials --client-ca-file "$pki/cluster-ca.crt" \
    --requestheader-client-ca-file "$pki/front-proxy-ca.crt" --root-ca-file "$pki/cluster-ca.crt" \
    --service-account-private-key-file "$pki/service-account.key" \
    --cluster-signing-cert-file "$pki/cluster-ca.crt" --cluster-signing-key-file "$pki/cluster-ca.key"
}

start_scheduler() {
  local kubeconfig=$CLUSTER_INSIDE/scheduler.kubeconfig
  start kube-scheduler kube-scheduler --kubeconfig "$kubeconfig" --authentication-kubeconfig "$kubeconfig" \
    --authorization-kubeconfig "$kubeconfig" --bind-address 127.0.0.1 --leader-elect=false
}

start_kubelet() {
  start kubelet kubelet --config "$CLUSTER_INSIDE/settings/kubelet.yaml" --kubeconfig "$CLUSTER_INSIDE/kubelet.kubeconfig" \
    --root-dir "$CLUSTER_INSIDE/kubelet" --hostname-override "$NODE" --node-ip "$NODE_ADDRESS"
}

start_proxy() {
  start kube-proxy kube-proxy --config "$CLUSTER_INSIDE/settings/kube-proxy.yaml"
}

api_is_ready() { [[ $(host_kubectl get --raw /readyz --request-timeout 2s 2>/dev/null) == ok ]]; }

node_is_ready() {
  [[ $(host_kubectl get node "$NODE" --request-timeout 2s \
    -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') == True ]]
}

dns_is_ready() { deployment_is_ready kube-system coredns; }

# deployment_is_ready NAMESPACE NAME
deployment_is_ready() {
  [[ $(host_kubectl --namespace "$1" get deployment "$2" --request-timeout 2s -o 'jsonpath={.status.readyReplicas}') -ge 1 ]]
}

containerd_is_ready() { ctr_images list --quiet; }

is_up() {
  local component
  for component in "${COMPONENTS[@]}"; do
    is_running "$component" || return 1
  done
  api_is_ready && node_is_ready && dns_is_ready
}

start_cluster() {
  local importing
  write_settings
  start containerd containerd --config "$CLUSTER_INSIDE/settings/containerd.toml"
  start_etcd
  make_pki >"$LOG/pki.log" 2>&1
  start_apiserver
  wait_for 30 "containerd" containerd_is_ready
  import_images "$IMAGES"/{pause,coredns}.tar
  import_images "$IMAGES"/{busybox,local-path-provisioner,metallb-controller,helm,kwok}.tar 9>&- &
  importing=$!
  wait_for 60 "the API server" api_is_ready
  host_kubectl apply --filename "$TESTBED/manifests/resources" >"$LOG/resources.log"
  start_controller_manager
  start_scheduler
  start_kubelet
  start_proxy
  host_kubectl apply --filename "$TESTBED/manifests/coredns.yaml" >"$LOG/manifests.log"
  wait "$importing"
  wait_for 20 "the cluster's other workloads" apply_manifests
}

# Fails until the API server serves the resources that were just defined.
apply_manifests() { host_kubectl apply --filename "$TESTBED/manifests" >>"$LOG/manifests.log" 2>&1; }

import_images() {
  local archive
  for archive in "$@"; do
    ctr_images import "$archive" >>"$LOG/images.log" 2>&1 || die "$archive: not imported; see $LOG/images.log"
  done
}
