KUBERNETES=$ROOT/etc/kubernetes
KUBELET_KUBECONFIG=$ROOT/var/lib/kubelet/kubeconfig
CERTIFICATE=$ROOT/var/lib/kubelet/pki/kubelet-client-current.pem
UNITS=$ROOT/etc/systemd/system
OOM_REMEDY="For containerd: \"restrict_oom_score_adj = true\" in its CRI settings."

usage() {
  cat <<'END'
usage: join.sh [options] [-- arguments for the kubelet]

  --node-name NAME   name of the node; default: this machine's, in small letters
  --node-ip IP       the node's address; default: the kubelet finds it
  --container-runtime-endpoint ENDPOINT
                     the runtime's CRI socket; default: containerd's or CRI-O's usual one
  --cgroup-driver D  systemd or cgroupfs, as the runtime has it; for runtimes that don't tell the kubelet
  --check            only say what would stand in the way
  --configure-only   write the configuration and start nothing
  --foreground       run kubelet and kube-proxy here, until one of them ends
END
}

main() {
  node_name='' node_ip='' runtime='' cgroup_driver='' mode=join foreground=false
  while [ $# -gt 0 ]; do
    case $1 in
      --node-name) value_of "$1" $#; node_name=$2; shift 2 ;;
      --node-ip) value_of "$1" $#; node_ip=$2; shift 2 ;;
      --container-runtime-endpoint) value_of "$1" $#; runtime=$2; shift 2 ;;
      --cgroup-driver) value_of "$1" $#; cgroup_driver=$2; shift 2 ;;
      --check) mode=check; shift ;;
      --configure-only) mode=configure; shift ;;
      --foreground) foreground=true; shift ;;
      --help | -h) usage; return ;;
      --) shift; break ;;
      *) misuse "unknown option: $1" ;;
    esac
  done
  settle_node
  case $cgroup_driver in '' | systemd | cgroupfs) ;; *) misuse "--cgroup-driver is systemd or cgroupfs" ;; esac
  make_scratch

  printf 'Joining the sandbox %s at %s as node %s\n' "$CLUSTER" "$SERVER" "$node_name"
  check_membership
  check_machine
  check_endpoint
  check_executables
  check_runtime
  refuse_on_failures
  if [ "$mode" = check ]; then
    printf 'Nothing stands in the way. Nothing was changed.\n'
    return
  fi
  [ "$mode" = configure ] || mend_machine
  write_configuration "$@"
  if [ "$mode" = configure ]; then
    say_commands
  elif $foreground; then
    say_what_next "this terminal"
    run_in_foreground
  elif has_systemd; then
    run_as_services
  else
    say_commands
  fi
}

check_endpoint() {
  printf '%s' "$SERVER_CA" >"$scratch/ca.crt"
  if ! can_send_token; then
    note "neither curl nor openssl: $SERVER is not tried; the kubelet itself will refuse another CA"
  elif status=$(status_with_token "$SERVER_ADDRESS" "$scratch/ca.crt" 2>"$scratch/error"); then
    judge_status "$status"
  elif status_with_token kubernetes.default.svc "$scratch/ca.crt" >"$scratch/status" 2>"$scratch/refusal"; then
    failed "$SERVER is the sandbox $CLUSTER, but its certificate doesn't name $SERVER_ADDRESS, and a kubelet insists: the control plane needs --tls-san=$SERVER_ADDRESS."
  elif fetch_unverified /livez >"$scratch/livez" 2>"$scratch/error"; then
    somebody_else "has no certificate of the sandbox's CA ($(tail -n 1 "$scratch/refusal" | tr -d '\r'))"
  else
    unreachable
  fi
}

check_membership() {
  former_ca=
  former_name=
  former_server=
  # Without a certificate the kubelet has asked to join, and was refused.
  if [ -e "$KUBELET_KUBECONFIG" ] && [ -e "$ROOT/var/lib/kubelet/pki/kubelet-client-current.pem" ]; then
    former_ca=none
    [ ! -r "$KUBERNETES/pki/server-ca.crt" ] || former_ca=$(sha256 <"$KUBERNETES/pki/server-ca.crt")
    former_name=$(sed -n 's/^hostnameOverride: "\(.*\)"$/\1/p' "$KUBERNETES/kube-proxy.yaml" 2>/dev/null || :)
    former_server=$(sed -n 's/^ *server: *//p' "$KUBELET_KUBECONFIG")
  fi
  if [ -n "$former_ca" ] && [ "$former_ca" != "$CA_HASH" ]; then
    failed "this machine has joined another cluster, $former_server, and its kubelet would go on using that certificate. Leave that first; what remains of it is /var/lib/kubelet."
  elif [ -n "$former_name" ] && [ "$former_name" != "$node_name" ]; then
    failed "this machine has joined the sandbox as $former_name, and its kubelet has the certificate of that node. Run leave.sh first, or keep the name."
  elif ! kubelet_port_is_taken && ! is_running join.sh; then
    passed "port 10250 is free"
  elif [ -n "$former_ca" ] && [ "$former_server" = "$SERVER" ] && [ "$mode" = join ]; then
    printf 'This machine has joined the sandbox %s already: nothing to do. To join anew, run leave.sh first.\n' "$CLUSTER"
    exit 0
  elif [ -n "$former_ca" ] && has_systemd && ! $foreground; then
    note "the kubelet of this sandbox runs here: it will be restarted"
  elif is_running join.sh; then
    failed "join.sh runs on this machine already, as process ${identity%% *}. Run leave.sh first."
  else
    failed "port 10250 is taken: a kubelet runs on this machine. Stop it, or take another machine."
  fi
}

check_executables() {
  for executable in kubelet kube-proxy; do
    if ! has "$executable"; then
      missing_executable "no $executable on PATH: install one of Kubernetes ${K3S_VERSION%%+*} or up to three minor versions older, from https://dl.k8s.io."
      continue
    fi
    version=$("$executable" --version 2>/dev/null | sed -n 's/^Kubernetes //p')
    minor=$(minor_of "$version")
    newest=$(minor_of "$K3S_VERSION")
    if [ -n "$minor" ] && [ -n "$newest" ] && [ "$minor" -gt "$newest" ]; then
      failed "$executable is $version, newer than the sandbox's $K3S_VERSION: take one of the same minor version or up to three older."
    else
      passed "$executable ${version:-of unknown version}"
    fi
  done
  has iptables || note "no iptables on PATH: kube-proxy needs it unless it is set to nftables"
  [ -n "$(ls "$ROOT/etc/cni/net.d" 2>/dev/null)" ] ||
    note "nothing in /etc/cni/net.d: the node stays NotReady until there is a network plugin"
}

missing_executable() {
  if [ "$mode" = configure ]; then note "$*"; else failed "$*"; fi
}

minor_of() { printf '%s' "$1" | sed -n 's/^v1\.\([0-9][0-9]*\)\..*/\1/p'; }

check_runtime() {
  if [ -z "$runtime" ]; then
    for socket in /run/containerd/containerd.sock /run/crio/crio.sock; do
      [ -n "$runtime" ] || [ ! -S "$ROOT$socket" ] || runtime=unix://$socket
    done
  fi
  case $runtime in
    '') missing_runtime ;;
    unix://*) passed "container runtime at $runtime" ;;
    /*)
      runtime=unix://$runtime
      passed "container runtime at $runtime" ;;
    *) failed "$runtime is no container runtime's endpoint: give the path of a socket." ;;
  esac
  [ -n "$cgroup_driver" ] || guess_cgroup_driver
}

missing_runtime() {
  if [ "$mode" = configure ]; then
    runtime=unix:///run/containerd/containerd.sock
    note "no container runtime found: $runtime is written"
  else
    failed "no container runtime: neither /run/containerd/containerd.sock nor /run/crio/crio.sock is there. Start one, or name its socket with --container-runtime-endpoint."
  fi
}

# For runtimes before containerd 2.0 and CRI-O 1.28; later ones tell the kubelet, and that counts.
guess_cgroup_driver() {
  cgroup_driver=cgroupfs
  case $runtime in
    */crio.sock) cgroup_driver=systemd ;;
    *) ! grep -q '^ *SystemdCgroup *= *true' "$ROOT/etc/containerd/config.toml" 2>/dev/null || cgroup_driver=systemd ;;
  esac
}

write_configuration() {
  printf '%s' "$SERVER_CA" | write_private "$KUBERNETES/pki/server-ca.crt" 644
  printf '%s' "$CLIENT_CA" | write_private "$KUBERNETES/pki/client-ca.crt" 644
  printf '%s' "$BOOTSTRAP_KUBECONFIG" | write_private "$KUBERNETES/bootstrap-kubelet.conf"
  kubelet_config | write_private "$KUBERNETES/kubelet.yaml" 644
  kube_proxy_config | write_private "$KUBERNETES/kube-proxy.yaml" 644
  kubelet_command "$@" | write_private "$KUBERNETES/sandboxcluster-kubelet" 700
  kube_proxy_command | write_private "$KUBERNETES/sandboxcluster-kube-proxy" 700
  move_to_address
  passed "wrote bootstrap-kubelet.conf, kubelet.yaml and kube-proxy.yaml to /etc/kubernetes"
}

# A kubelet that has its certificate looks at the bootstrap kubeconfig no more.
move_to_address() {
  if [ -n "$former_ca" ] && [ "$former_server" != "$SERVER" ]; then
    sed "s|^\( *server: *\).*|\1$SERVER|" "$KUBELET_KUBECONFIG" | write_private "$KUBELET_KUBECONFIG"
    note "the sandbox moved from $former_server to $SERVER"
  fi
}

kubelet_config() {
  printf '%s' "$KUBELET_CONFIG"
  printf 'cgroupDriver: "%s"\n' "$cgroup_driver"
  ! $has_swap || printf 'failSwapOn: false\n'
  [ ! -e "$ROOT/run/systemd/resolve/resolv.conf" ] || printf 'resolvConf: "/run/systemd/resolve/resolv.conf"\n'
}

kube_proxy_config() {
  printf '%s' "$KUBE_PROXY_CONFIG"
  printf 'hostnameOverride: "%s"\n' "$node_name"
}

kubelet_command() {
  printf '#!/bin/sh\nexec'
  quoted "$(path_of kubelet)" \
    "--bootstrap-kubeconfig=$KUBERNETES/bootstrap-kubelet.conf" \
    "--kubeconfig=$KUBELET_KUBECONFIG" \
    "--config=$KUBERNETES/kubelet.yaml" \
    "--cert-dir=$ROOT/var/lib/kubelet/pki" \
    "--hostname-override=$node_name" \
    "--container-runtime-endpoint=$runtime" \
    ${node_ip:+"--node-ip=$node_ip"} \
    ${NODE_LABELS:+"--node-labels=$NODE_LABELS"} \
    "$@"
}

# It starts the moment that the kubelet has its certificate: connections that pods open before kube-proxy's rules are
# there hang for half a minute.
kube_proxy_command() {
  printf '#!/bin/sh\nuntil [ -s'
  quoted "$CERTIFICATE" ']'
  printf 'do sleep 0.2 2>/dev/null || sleep 1; done\nexec'
  quoted "$(path_of kube-proxy)" "--config=$KUBERNETES/kube-proxy.yaml"
}

path_of() { command -v "$1" || printf '%s\n' "$1"; }

quoted() {
  for argument in "$@"; do
    printf " '%s'" "$(printf '%s' "$argument" | sed "s/'/'\\\\''/g")"
  done
  printf '\n'
}

say_commands() {
  printf 'Run both of these, kube-proxy once %s is there:\n' "$CERTIFICATE"
  sed -n 's/^exec/ /p' "$KUBERNETES/sandboxcluster-kubelet" "$KUBERNETES/sandboxcluster-kube-proxy"
  say_what_next "what they print"
}

run_in_foreground() {
  trap 'end_all; remove_scratch' EXIT
  remember_process join.sh $$
  sh "$KUBERNETES/sandboxcluster-kubelet" &
  kubelet=$!
  remember_process kubelet "$kubelet"
  sh "$KUBERNETES/sandboxcluster-kube-proxy" &
  proxy=$!
  remember_process kube-proxy "$proxy"
  while runs "$kubelet" && runs "$proxy"; do
    pause
  done
  die "kubelet or kube-proxy ended: the other one is ended, too"
}

runs() { kill -0 "$1" 2>/dev/null; }

# A signal interrupts "wait", not "sleep".
pause() {
  sleep 1 &
  wait $!
}

end_all() {
  end_process kube-proxy
  end_process kubelet
  rm -f "$RUN/join.sh.process"
}

run_as_services() {
  unit kubelet | write_private "$UNITS/sandboxcluster-kubelet.service" 644
  unit kube-proxy | write_private "$UNITS/sandboxcluster-kube-proxy.service" 644
  systemctl daemon-reload
  for component in kubelet kube-proxy; do
    systemctl enable "sandboxcluster-$component.service"
    systemctl restart --no-block "sandboxcluster-$component.service"
  done
  passed "started sandboxcluster-kubelet.service and sandboxcluster-kube-proxy.service"
  say_what_next "journalctl -u sandboxcluster-kubelet"
}

unit() {
  cat <<END
[Unit]
Description=$1 of the sandbox $CLUSTER
Wants=network-online.target
After=network-online.target containerd.service crio.service
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh $KUBERNETES/sandboxcluster-$1
Restart=always
RestartSec=2
KillMode=process
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
END
}

say_what_next() {
  cat <<END
Next:
  in the sandbox  kubectl get node $node_name    listed once the operator approved its certificate
  the log         $1
  to leave        run leave.sh of the Secret $SECRET here
END
}
