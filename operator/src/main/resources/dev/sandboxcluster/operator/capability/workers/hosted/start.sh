#!/bin/sh
# Makes this pod a node of a sandbox: runs k3s's agent. It ends, and is started anew by the kubelet of the host cluster,
# where the node is to join anew. Needs sh, cat, cp, grep, mkdir, mount, rm, sleep and umount of k3s's image.
set -eu

JOIN=/etc/sandboxcluster/worker
START=/etc/sandboxcluster/start
DATA=/var/lib/rancher/k3s
NODE=hosted-${POD_NAME##*-}
# Mi that k3s's agent, containerd and what they run take for themselves.
OWN_MEMORY=300

# What k3s's agent starts below the control group of this container, so that its limits hold for all pods. Where that
# group isn't found where it is said to be, the hierarchy is mounted anew: a container of cgroup v1 has its own group as
# the root of its mounts.
enter_control_groups() {
  GROUP=/
  groups=$(cat /proc/self/cgroup)
  while IFS=: read -r _ controllers path; do
    options=$controllers
    case $controllers in
      '') root=/sys/fs/cgroup ;;
      name=*) root=/sys/fs/cgroup/${controllers#name=} options=none,$controllers ;;
      *) root=/sys/fs/cgroup/$controllers ;;
    esac
    [ -d "$root" ] || continue
    if [ -z "$controllers" ]; then
      # Beside cgroup v1 it has no controllers, and nobody uses it.
      [ -f "$root/cgroup.controllers" ] || continue
    elif ! grep -qsx "$$" "$root$path/cgroup.procs"; then
      umount "$root"
      mount -t cgroup -o "$options" cgroup "$root"
    fi
    enter_control_group "$root${path%/}"
    # Controllers that kubelets don't use may have the process elsewhere.
    case ,$controllers, in
      ,, | *,memory,*) GROUP=$path ;;
    esac
  done <<GROUPS
$groups
GROUPS
}

# cgroup v2 wants no process in a group that hands controllers on; and what looks for a group's name, as k3s does for the
# .scope of systemd's, must not take this for it.
enter_control_group() {
  mkdir -p "$1/agent"
  for file in cpuset.cpus cpuset.mems; do
    if [ -f "$1/cgroup.clone_children" ] && [ -f "$1/$file" ]; then
      cat "$1/$file" >"$1/agent/$file"
    fi
  done
  processes=$(cat "$1/cgroup.procs")
  for process in $processes; do
    echo "$process" >"$1/agent/cgroup.procs" 2>/dev/null || true # it ended
  done
  if [ -f "$1/cgroup.subtree_control" ]; then
    handed_on=$(cat "$1/cgroup.controllers")
    for controller in $handed_on; do
      echo "+$controller" >"$1/cgroup.subtree_control"
    done
  fi
}

# What the machine has and this pod may not use: the node must not promise it to pods.
reserved() {
  while read -r name value _; do
    [ "$name" != MemTotal: ] || memory=$((value / 1024 - MEMORY_LIMIT))
  done </proc/meminfo
  cpu=$(($(grep -c '^processor' /proc/cpuinfo) * 1000 - CPU_LIMIT))
  [ "$memory" -gt 0 ] || memory=0
  [ "$cpu" -gt 0 ] || cpu=0
  echo "cpu=${cpu}m,memory=$((memory + OWN_MEMORY))Mi"
}

# What may change while the agent runs: whether the node is to join anew, and the token.
joins_with() { cat "$JOIN/token" "$START/$NODE.rejoin" 2>/dev/null || true; }
asked() { cat "$START/$NODE.rejoin" 2>/dev/null || true; }

# An agent that has its certificate needs no token any more.
is_to_end() {
  [ "$(asked)" != "$asked" ] ||
    { [ ! -e "$DATA/agent/client-kubelet.crt" ] && [ "$(joins_with)" != "$joins_with" ]; }
}

end() {
  kill -TERM "$agent" 2>/dev/null || true
  wait "$agent" || true
  exit 0
}

mount --make-rshared /
enter_control_groups

mkdir -p /etc/rancher/node
cp "$JOIN/$NODE.password" /etc/rancher/node/password
# With a certificate of a Node that is gone the agent would ask in vain.
rm -f "$DATA/agent/client-kubelet.crt"

set -- agent --server="$(cat "$JOIN/server")" --token-file="$JOIN/token" --node-name="$NODE" \
  --node-label="sandboxcluster.dev/join-proof=$(cat "$JOIN/$NODE.proof")" \
  --kubelet-arg=system-reserved="$(reserved)"
[ "$GROUP" = / ] || set -- "$@" --kubelet-arg=cgroup-root="$GROUP"
while read -r taint; do
  set -- "$@" --node-taint="$taint"
done <"$JOIN/taints"

asked=$(asked)
joins_with=$(joins_with)
trap end TERM INT
k3s "$@" &
agent=$!
while kill -0 "$agent" 2>/dev/null; do
  sleep 3 &
  wait $! || true
  if is_to_end; then
    echo "The node joins anew"
    end
  fi
done
wait "$agent"
