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
  full_reference "$(sed -n 's/^ *image: *//p' "$GO_SOURCES/kubernetes/stand-in/coredns.yaml")"
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
  wait_for 90 "containerd of $name" on_worker "$name" ctr version
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
  local name=$1 nat=$2 program
  prepare_program connect-worker "$name" "$(<"$WORKERS/$name/number")" "$nat" "$WORKERS_BRIDGE" "$WORKERS_PREFIX" \
    "$NAT_ADDRESS" "$NAT_ROUTER_ADDRESS"
  inside "${program[@]}"
}

open_worker() {
  local name=$1 systemd=$2 bed first program enter init=("$BIN_INSIDE/pause" "worker-$1")
  bed=$(<"$RUN/first")
  if $systemd; then
    prepare_program become-systemd "$SYSTEMD"
    init=(env -i PATH="$WORKER_PATH" "${program[@]}")
  fi
  (
    enter_worker_cgroups "$name"
    exec setsid nsenter --target "${bed%% *}" --mount --net --pid -- nsenter --net="/run/netns/$name" \
      unshare --mount --pid --uts --cgroup --fork --mount-proc "${init[@]}"
  ) >"$LOG/worker-$name.log" 2>&1 </dev/null 9>&- &
  first=$(wait_for_output 10 "the namespaces of $name" first_process_below "$!")
  process_name "$first" >"$WORKER_PROCESSES/$name/first" || die "the first process of $name ended: see $LOG/worker-$name.log"
  empty_worker_cgroups "$name"
  enter=(nsenter --target "$first" --mount --net --pid --uts --cgroup --)
  prepare_program mask-settings "$CLUSTER_INSIDE/workers/$name/settings"
  "${enter[@]}" "${program[@]}"
  prepare_program arrange-worker "$name" "$CLUSTER_INSIDE/workers/$name" "$STATE_INSIDE" "$CGROUP/workers/$name"
  "${enter[@]}" "${program[@]}"
  ! $systemd || start_systemd "$name"
}

start_systemd() {
  local program
  prepare_program furnish-systemd "$WORKER_PATH"
  on_worker "$1" "${program[@]}"
  wait_for 90 "systemd on $1" on_worker "$1" systemctl is-active multi-user.target
}

# What started in the machine's own group goes where its processes belong.
empty_worker_cgroups() {
  local root
  for root in $(worker_cgroup_roots); do
    wait_for 10 "the move of $1's processes in $root" move_processes_to_init "$root/$CGROUP/workers/$1"
  done
}

# Meanwhile some end and others start.
move_processes_to_init() {
  local process
  for process in $(<"$1/cgroup.procs"); do
    echo "$process" >"$1/init/cgroup.procs" || true
  done
  [[ -z $(<"$1/cgroup.procs") ]]
}

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
  process_name "$!" >"$WORKER_PROCESSES/$name/units/$unit" || true # it ended already
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
  kill_process "$WORKER_PROCESSES/$name/first"
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
  local kubeconfig=$1 name ranges program
  shift
  ranges=$(wait_for_output 120 "the pod ranges of $*" pod_ranges_with "$kubeconfig" "$@")
  for name in "$@"; do
    write_cni_settings "$name" <<<"$ranges"
    prepare_program route-pods "$name" "$WORKERS_PREFIX." "$(has_nat "$name" && echo nat)"
    on_worker "$name" "${program[@]}" <<<"$ranges"
  done
}

# A line per node: name, pod range, address.
pod_ranges() {
  "$BIN/kubectl" --kubeconfig "$1" --request-timeout 5s get nodes --output \
    'jsonpath={range .items[*]}{.metadata.name} {.spec.podCIDR} {.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}'
}

# pod_ranges_with KUBECONFIG NAME...: fails as long as one of the nodes NAME has none.
pod_ranges_with() {
  local ranges name
  ranges=$(pod_ranges "$1") || return
  shift
  for name in "$@"; do
    grep -qE "^$name [0-9./]+ [0-9.]+$" <<<"$ranges" || return
  done
  echo "$ranges"
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
