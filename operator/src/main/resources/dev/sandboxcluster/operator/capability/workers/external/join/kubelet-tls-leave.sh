KUBERNETES=$ROOT/etc/kubernetes

main() {
  require_no_arguments "$@"
  if [ -e "$KUBERNETES/pki/server-ca.crt" ] && ! belongs_to_sandbox; then
    die "this machine belongs to another cluster than the sandbox $CLUSTER: see /etc/kubernetes/pki/server-ca.crt. Nothing was changed."
  fi
  # Without our mark, what is in these places is another installation's.
  if [ -e "$KUBERNETES/sandboxcluster-kubelet" ]; then
    stop_services
    # The first ends the others, unless it was killed.
    for process in join.sh kube-proxy kubelet; do
      end_process "$process"
    done
    remove_configuration
    say_what_remains
  else
    say_nothing_is_left
  fi
  printf 'In the sandbox, if the node is still listed: kubectl delete node <name>\n'
}

belongs_to_sandbox() {
  [ "$(cat "$KUBERNETES/pki/server-ca.crt")" = "$(printf '%s' "$SERVER_CA")" ]
}

has_systemd() { [ -d "$ROOT/run/systemd/system" ] && command -v systemctl >/dev/null 2>&1; }

stop_services() {
  for component in kube-proxy kubelet; do
    unit=sandboxcluster-$component.service
    if [ -e "$ROOT/etc/systemd/system/$unit" ]; then
      ! has_systemd || systemctl disable --now "$unit" || :
      remove "/etc/systemd/system/$unit"
    fi
  done
  ! has_systemd || systemctl daemon-reload || :
}

remove_configuration() {
  remove /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/kubelet.yaml /etc/kubernetes/kube-proxy.yaml \
    /etc/kubernetes/pki/server-ca.crt /etc/kubernetes/pki/client-ca.crt \
    /var/lib/kubelet/kubeconfig /var/lib/kubelet/pki \
    /etc/kubernetes/sandboxcluster-kube-proxy /etc/kubernetes/sandboxcluster-kubelet
}

say_what_remains() {
  cat <<'END'
What remains on this machine, unless it is thrown away or restarted and wiped:
  containers of the node's pods, still running (crictl rmp --all --force ends them), and /var/lib/kubelet with its mounts
  the container runtime and its network plugin, which were here before
  iptables rules that start with KUBE- (kube-proxy --cleanup removes them)
END
}
