CONFIG_FILE=$ROOT/etc/rancher/k3s/config.yaml

main() {
  require_no_arguments "$@"
  # Without a configuration of ours, a k3s that is here is somebody else's.
  if [ ! -e "$CONFIG_FILE" ]; then
    say_nothing_is_left
    return
  elif ! belongs_to_sandbox; then
    die "this machine belongs to another cluster than the sandbox $CLUSTER: see /etc/rancher/k3s/config.yaml. Nothing was changed."
  fi
  if uninstaller=$(find_uninstaller); then
    sh "$uninstaller" </dev/null
    printf 'k3s is uninstalled: its data, networks and executable are gone, and the pods of its own containerd.\n'
    printf 'With another runtime (--container-runtime-endpoint) the pods run on: crictl rmp --all --force ends them.\n'
    remove /etc/rancher/k3s/config.yaml
  else
    end_process k3s-agent
    remove /etc/rancher/k3s/config.yaml
    for user in kubelet kube-proxy k3s-controller; do
      remove "/var/lib/rancher/k3s/agent/client-$user.crt" "/var/lib/rancher/k3s/agent/client-$user.key"
    done
    say_what_remains
  fi
  cat <<END
In the sandbox, if the node is still listed: kubectl delete node <name>
It may be listed for a while as NotReady; its certificate expires by itself within a year.
END
}

belongs_to_sandbox() {
  grep -qF -e "K10$CA_HASH::" -e "$SERVER\"" "$CONFIG_FILE"
}

find_uninstaller() {
  for directory in "$ROOT/usr/local/bin" "$ROOT/opt/bin"; do
    if [ -x "$directory/k3s-agent-uninstall.sh" ]; then
      printf '%s\n' "$directory/k3s-agent-uninstall.sh"
      return
    fi
  done
  command -v k3s-agent-uninstall.sh
}

say_what_remains() {
  cat <<'END'
What remains on this machine, unless it is thrown away or restarted and wiped:
  containers of the node's pods, still running, and the mounts below /var/lib/kubelet and /run/k3s
  /var/lib/rancher/k3s (images), /etc/rancher/node (its password)
  the interfaces cni0 and flannel.1, and iptables rules that start with KUBE-, CNI- and FLANNEL
k3s's k3s-killall.sh ends the containers and removes the rules.
END
}
