# shellcheck shell=bash
# Worker machines: what a sandbox's nodes run on. Each is made of namespaces
# inside the bed, so all of them end with it.

WORKERS=$CLUSTER/workers         # a folder per machine: its disk, its address
WORKER_PROCESSES=$RUN/workers
WORKER_PATH=/usr/local/sbin:/usr/local/bin:/opt/testbed/bin:/usr/sbin:/usr/bin:/sbin:/bin
NAT_ADDRESS=192.168.77.2         # of every machine with a router of its own
NAT_ROUTER_ADDRESS=192.168.77.1
BUSYBOX_IMAGE=sandboxcluster.test/busybox:1
SYSTEMD=/lib/systemd/systemd

build_worker_images() {
  part busybox "the busybox image" "$(<"$STATE/stamps/debian")" "$BUSYBOX_IMAGE"
}

build_busybox() {
  local rootfs=$STATE/rootfs/busybox applet
  fresh_rootfs "$rootfs"
  mkdir -p "$rootfs"/{bin,etc,tmp,www}
  chmod 1777 "$rootfs/tmp"
  cp "$BIN/busybox" "$rootfs/bin/busybox"
  for applet in $("$BIN/busybox" --list); do
    [[ $applet == busybox ]] || ln -s busybox "$rootfs/bin/$applet"
  done
  pack_image --rootfs "$rootfs" --ref "$BUSYBOX_IMAGE" --out "$IMAGES/busybox.tar" --cmd /bin/sh --env PATH=/bin
  rm -rf "$rootfs"
}

# The name that a sandbox's CoreDNS has, with the stand-in and with k3s.
sandbox_coredns_image() {
  full_reference "$(sed -n 's/^ *image: *//p' "$GO_SOURCES/kubernetes/k3s/coredns.yaml")"
}

worker_exists() { [[ -e $WORKERS/$1 ]]; }

worker_is_up() { is_alive "$WORKER_PROCESSES/$1/first"; }

require_worker() {
  worker_exists "$1" || die "there is no worker machine $1: see $TESTBED/worker list"
  worker_is_up "$1" || die "the worker machine $1 did not come up: $TESTBED/worker down $1"
}

worker_names() {
  local folder
  for folder in "$WORKERS"/*/; do
    [[ ! -d $folder ]] || basename "$folder"
  done
}

worker_up() {
  local name=$1 nat=$2 systemd=$3
  mkdir -p "$WORKERS/$name" "$WORKER_PROCESSES/$name/units"
  rm -f "$LOG/worker-$name"[-.]*
  free_worker_number >"$WORKERS/$name/number"
  if $nat; then
    echo "$NAT_ADDRESS" >"$WORKERS/$name/address"
  else
    worker_network_address "$name" >"$WORKERS/$name/address"
  fi
  furnish_worker "$name"
  open_worker_cgroups "$name"
  connect_worker "$name" "$nat"
  open_worker "$name" "$systemd"
  worker_start "$name" containerd containerd
  wait_for 30 "containerd of $name" on_worker "$name" ctr version
  worker_load_images "$name" "$IMAGES"/{pause,coredns,busybox}.tar
  on_worker "$name" ctr --namespace k8s.io images tag "$COREDNS_IMAGE" "$(sandbox_coredns_image)" >>"$LOG/images.log"
}

free_worker_number() {
  local number
  for number in {11..250}; do
    grep -qsx "$number" "$WORKERS"/*/number || { echo "$number"; return; }
  done
  die "no address is left for another worker machine"
}

# Where the machine, or its router, is on the network of the machines.
worker_network_address() { echo "$WORKERS_PREFIX.$(<"$WORKERS/$1/number")"; }

has_nat() { [[ $(<"$WORKERS/$1/address") == "$NAT_ADDRESS" ]]; }

# What is on the machine's disk before it starts.
furnish_worker() {
  local name=$1 disk=$WORKERS/$1/disk
  mkdir -p "$disk"/{etc/containerd,etc-work,opt/{cni/bin,testbed/{bin,debian}},root,tmp,usr-local/{bin,sbin}} \
    "$disk"/var/{lib,log,tmp,cache} "$WORKERS/$name/settings"
  chmod 1777 "$disk/tmp" "$disk/var/tmp"
  ln -s /run "$disk/var/run"
  cp "$STATE"/debian/usr/lib/cni/* "$disk/opt/cni/bin/"
  [[ -z ${K3S_BINARY:-} ]] || install -m 0755 "$K3S_BINARY" "$disk/usr-local/bin/k3s"
  worker_containerd_settings >"$disk/etc/containerd/config.toml"
  echo "$name" >"$disk/etc/hostname"
  printf '127.0.0.1 localhost\n%s %s\n' "$(<"$WORKERS/$name/address")" "$name" >"$disk/etc/hosts"
  md5sum <<<"$name" | cut -d' ' -f1 >"$disk/etc/machine-id"
  # The bed's: it knows the host cluster's Services, and denies all other names.
  echo "nameserver $DNS_SERVICE_ADDRESS" >"$disk/etc/resolv.conf"
}

worker_containerd_settings() {
  cat <<END
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  restrict_oom_score_adj = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
END
}

# With those that the bed's own kubelet does not need: runc uses all it finds.
worker_cgroup_roots() {
  cgroup_roots
  [[ ! -d /sys/fs/cgroup/unified ]] || echo /sys/fs/cgroup/unified
}

# The machine's control group is the root of its own cgroup namespace, so that
# kubelet needs no other settings than elsewhere. Processes are in "init" below
# it: cgroup v2 wants none beside the groups that kubelet makes.
open_worker_cgroups() {
  local root group
  for root in $(worker_cgroup_roots); do
    mkdir -p "$root/$CGROUP/workers/$1/init"
    for group in "$CGROUP" "$CGROUP/workers" "$CGROUP/workers/$1" "$CGROUP/workers/$1/init"; do
      pass_cgroup_down "$root/$group"
    done
  done
}

# A new cpuset of cgroup v1 is empty, and no process may enter it; a new group
# of cgroup v2 has the controllers that the one above it hands on.
pass_cgroup_down() {
  local file controller
  for file in cpuset.cpus cpuset.mems; do
    [[ ! -f $1/cgroup.clone_children || ! -f $1/$file || -n $(<"$1/$file") ]] || cat "$1/../$file" >"$1/$file"
  done
  if [[ -f $1/cgroup.controllers && $1 != */init ]]; then
    for controller in $(<"$1/cgroup.controllers"); do
      echo "+$controller" >"$1/cgroup.subtree_control"
    done
  fi
}

# enter_worker_cgroups NAME [GROUP BELOW]: for the calling shell.
enter_worker_cgroups() {
  local root
  for root in $(worker_cgroup_roots); do
    echo "$BASHPID" >"$root/$CGROUP/workers/$1/${2:-}/cgroup.procs"
  done
}

connect_worker() {
  local name=$1 nat=$2
  inside bash -euo pipefail -c "$CONNECT_WORKER" - "$name" "$(<"$WORKERS/$name/number")" "$nat" \
    "$WORKERS_BRIDGE" "$WORKERS_PREFIX" "$NAT_ADDRESS" "$NAT_ROUTER_ADDRESS"
}

# shellcheck disable=SC2016
CONNECT_WORKER='
  name=$1 number=$2 nat=$3 bridge=$4 prefix=$5 nat_address=$6 nat_router_address=$7
  network() {
    ip netns add "$1"
    ip -netns "$1" link set lo up
  }
  attach() {
    ip -netns "$1" address add "$2/24" dev eth0
    ip -netns "$1" link set eth0 up
    ip -netns "$1" route add default via "$3"
  }
  outermost=$name
  network "$name"
  if $nat; then
    outermost=$name-router
    network "$outermost"
    ip -netns "$outermost" link add lan0 type veth peer name eth0 netns "$name"
    ip -netns "$outermost" address add "$nat_router_address/24" dev lan0
    ip -netns "$outermost" link set lan0 up
    attach "$name" "$nat_address" "$nat_router_address"
  fi
  # An address that is used again keeps its link address, which the others remember.
  ip link add "worker$number" master "$bridge" type veth \
    peer name eth0 address "$(printf 02:00:0a:d6:00:%02x "$number")" netns "$outermost"
  ip link set "worker$number" up
  attach "$outermost" "$prefix.$number" "$prefix.1"
  if $nat; then
    nsenter --net="/run/netns/$outermost" bash -euo pipefail -c "
      echo 1 >/proc/sys/net/ipv4/ip_forward
      iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE
      for chain in INPUT FORWARD; do
        iptables -A \$chain -i eth0 -m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP
      done"
  fi
'

open_worker() {
  local name=$1 systemd=$2 bed parent first init=("$BIN_INSIDE/pause" "worker-$1")
  bed=$(<"$RUN/first")
  ! $systemd || init=(env -i PATH="$WORKER_PATH" bash -c "$BECOME_SYSTEMD" - "$SYSTEMD")
  (
    enter_worker_cgroups "$name"
    exec setsid nsenter --target "${bed%% *}" --mount --net --pid -- nsenter --net="/run/netns/$name" \
      unshare --mount --pid --uts --cgroup --fork --mount-proc "${init[@]}"
  ) >"$LOG/worker-$name.log" 2>&1 </dev/null 9>&- &
  parent=$!
  wait_for 10 "the namespaces of $name" second_process_of "$parent"
  first=$(second_process_of "$parent")
  empty_worker_cgroups "$name"
  process_name "$first" >"$WORKER_PROCESSES/$name/first"
  nsenter --target "$first" --mount --net --pid --uts --cgroup -- bash -euo pipefail -c "settings=\$2/settings $MASK_SETTINGS $ARRANGE_WORKER" - \
    "$name" "$CLUSTER_INSIDE/workers/$name" "$STATE_INSIDE" "$CGROUP/workers/$name"
  ! $systemd || start_systemd "$name"
}

# It waits for its settings, and sees no units but those of the machine.
# shellcheck disable=SC2016
BECOME_SYSTEMD='
  until [[ -e /run/systemd-settings-are-there ]]; do sleep 0.1; done
  exec env container=testbed SYSTEMD_UNIT_PATH=/etc/systemd/system "$1" --log-target=journal --unit=multi-user.target
'

start_systemd() {
  on_worker "$1" bash -euo pipefail -c "$SYSTEMD_SETTINGS" - "$WORKER_PATH"
  wait_for 20 "systemd on $1" on_worker "$1" systemctl is-active multi-user.target
}

# shellcheck disable=SC2016
SYSTEMD_SETTINGS='
  rm -rf /etc/systemd
  mkdir -p /etc/systemd/system
  cd /etc/systemd
  printf "[Manager]\nDefaultEnvironment=\"PATH=%s\"\n" "$1" >system.conf
  printf "[Journal]\nStorage=volatile\nReadKMsg=no\n" >journald.conf
  cd system
  ln -s /lib/systemd/system/systemd-journald{.service,.socket,-dev-log.socket} .
  printf "[Unit]\nDefaultDependencies=no\nWants=systemd-journald.service\nAfter=systemd-journald.service\n" >sysinit.target
  printf "[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n" >basic.target
  printf "[Unit]\nRequires=basic.target\nAfter=basic.target\n" >multi-user.target
  touch /run/systemd-settings-are-there
'

second_process_of() { first_process_of "$(first_process_of "$1")"; }

# What started in the machine's own group goes where its processes belong.
empty_worker_cgroups() {
  local root process
  for root in $(worker_cgroup_roots); do
    while read -r process; do
      echo "$process" >"$root/$CGROUP/workers/$1/init/cgroup.procs"
    done <"$root/$CGROUP/workers/$1/cgroup.procs"
  done
}

# A root folder that is the real machine's, with own folders where a node
# writes. What is mounted in the bed must go: a copy would keep it in use.
# shellcheck disable=SC2016
ARRANGE_WORKER='
  name=$1 folder=$2 state=$3 cgroup=$4
  disk=$folder/disk
  hostname "$name"
  mount -t overlay -o "lowerdir=/etc,upperdir=$disk/etc,workdir=$disk/etc-work" overlay /etc
  rm -rf /etc/{cni,kubernetes,rancher}
  mkdir /etc/{cni,kubernetes,rancher}
  mount --bind "$state/bin" "$disk/opt/testbed/bin"
  mount --bind "$state/debian" "$disk/opt/testbed/debian"
  mount --rbind "$disk/opt" /opt
  umount --recursive --lazy /var/lib
  mount --bind "$disk/var" /var
  mount --bind "$disk/root" /root
  mount --bind "$disk/tmp" /tmp
  mount --bind "$disk/usr-local" /usr/local
  while read -r _ root type _; do
    [[ $type != cgroup* ]] || mount --bind "$root/$cgroup" "$root"
  done <<<"$(</proc/mounts)"
  umount --recursive --lazy /run
  mount -t tmpfs tmpfs /run
  mkdir /run/lock
  mount --make-rshared /
'

# prepare_entry NAME COMMAND...: sets `entry` to what runs COMMAND on the machine.
prepare_entry() {
  local first
  first=$(<"$WORKER_PROCESSES/$1/first")
  shift
  entry=(nsenter --target "${first%% *}" --mount --net --pid --uts --cgroup --
    env -i PATH="$WORKER_PATH" HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" "$@")
}

# on_worker NAME COMMAND...: runs it, in the control group of the machine.
on_worker() (
  prepare_entry "$@"
  enter_worker_cgroups "$1" init
  exec "${entry[@]}"
)

# worker_start NAME UNIT COMMAND...: runs it in the background.
worker_start() {
  local name=$1 unit=$2
  shift 2
  (
    prepare_entry "$name" "$@"
    enter_worker_cgroups "$name" init
    exec setsid "${entry[@]}"
  ) >>"$LOG/worker-$name-$unit.log" 2>&1 </dev/null 9>&- &
  process_name "$!" >"$WORKER_PROCESSES/$name/units/$unit"
}

unit_is_running() { is_alive "$WORKER_PROCESSES/$1/units/$2"; }

# worker_stop NAME UNIT: as systemd does, all of its processes, first asking
# and then not.
worker_stop() {
  local unit=$WORKER_PROCESSES/$1/units/$2 leader
  leader=$(cut -d' ' -f1 "$unit" 2>/dev/null || true)
  # Its id is not used again while there are others of the unit.
  if [[ -n $leader ]] && { is_alive "$unit" || ! process_name "$leader" >/dev/null; }; then
    signal_unit TERM "$leader"
    if ! wait_for 20 "the end of $2 on $1" has_ended "$leader"; then
      signal_unit KILL "$leader"
      wait_for 10 "the end of $2 on $1" has_ended "$leader"
    fi
  fi
  rm -f "$unit"
}

# The leader of a unit's processes only waits for the first of them.
members_of_unit() { pgrep --pgroup "$1" | grep -vx "$1"; }

# signal_unit SIGNAL LEADER
signal_unit() {
  local process
  for process in $(members_of_unit "$2"); do
    kill "-$1" "$process" 2>/dev/null || true
  done
}

has_ended() { [[ -z $(members_of_unit "$1") ]]; }

# worker_load_images NAME ARCHIVE...
worker_load_images() {
  local name=$1 archive
  shift
  for archive in "$@"; do
    on_worker "$name" ctr --namespace k8s.io images import - <"$archive" >>"$LOG/images.log" 2>&1 ||
      die "$archive: not imported on $name; see $LOG/images.log"
  done
}

# Works from any state.
worker_down() {
  local name=$1 process root
  if worker_is_up "$name"; then
    kill -KILL "$(cut -d' ' -f1 "$WORKER_PROCESSES/$name/first")"
  fi
  for process in "$WORKER_PROCESSES/$name/first" "$WORKER_PROCESSES/$name"/units/*; do
    [[ ! -f $process ]] || wait_for 30 "the end of ${process##*/} on $name" is_over "$process"
  done
  inside ip link delete "worker$(<"$WORKERS/$name/number")" 2>/dev/null || true
  inside ip netns delete "$name" 2>/dev/null || true
  inside ip netns delete "$name-router" 2>/dev/null || true
  for root in $(worker_cgroup_roots); do
    [[ ! -d $root/$CGROUP/workers/$name ]] ||
      wait_for 10 "the end of the control groups of $name" remove_cgroup "$root/$CGROUP/workers/$name"
  done
  rm -rf "${WORKER_PROCESSES:?}/$name" "${WORKERS:?}/$name"
}

# worker_pod_network KUBECONFIG NAME...: what a CNI's installer does elsewhere.
worker_pod_network() {
  local kubeconfig=$1 name ranges
  shift
  wait_for 60 "the pod ranges of $*" have_pod_ranges "$kubeconfig" "$@"
  ranges=$(pod_ranges "$kubeconfig")
  for name in "$@"; do
    write_cni_settings "$name" <<<"$ranges"
    on_worker "$name" bash -euo pipefail -c "$ROUTE_PODS" - "$name" "$WORKERS_PREFIX." "$(has_nat "$name" && echo nat)" \
      <<<"$ranges"
  done
}

# A line per node: name, pod range, address.
pod_ranges() {
  "$BIN/kubectl" --kubeconfig "$1" --request-timeout 5s get nodes --output \
    'jsonpath={range .items[*]}{.metadata.name} {.spec.podCIDR} {.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}'
}

have_pod_ranges() {
  local ranges name
  ranges=$(pod_ranges "$1")
  shift
  for name in "$@"; do
    grep -qE "^$name [0-9./]+ [0-9.]+$" <<<"$ranges" || return 1
  done
}

write_cni_settings() {
  local name=$1 range
  range=$(awk -v name="$name" '$1 == name {print $2}')
  on_worker "$name" bash -c 'mkdir -p /etc/cni/net.d && cat >/etc/cni/net.d/10-pods.conflist' <<END
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "ptp", "mtu": 1500, "ipam": {
    "type": "host-local", "ranges": [[{"subnet": "$range"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}
]}
END
}

# Pods keep their addresses among themselves; to everything else they are the machine.
# shellcheck disable=SC2016
ROUTE_PODS='
  name=$1 network=$2 nat=$3
  ranges=$(</dev/stdin)
  own=$(awk -v name="$name" "\$1 == name {print \$2}" <<<"$ranges")
  echo 1 >/proc/sys/net/ipv4/ip_forward
  iptables -t nat -N POD-EGRESS 2>/dev/null || iptables -t nat -F POD-EGRESS
  while read -r node range address; do
    [[ -n $range ]] || continue
    iptables -t nat -A POD-EGRESS -d "$range" -j RETURN
    if [[ $node != "$name" && $address == "$network"* && -z $nat ]]; then
      ip route replace "$range" via "$address"
    fi
  done <<<"$ranges"
  iptables -t nat -A POD-EGRESS -j MASQUERADE
  iptables -t nat -C POSTROUTING -s "$own" -j POD-EGRESS 2>/dev/null ||
    iptables -t nat -A POSTROUTING -s "$own" -j POD-EGRESS
'
