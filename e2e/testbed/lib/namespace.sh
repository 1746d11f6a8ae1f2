# shellcheck shell=bash
# The bed lives in its own process, mount and network namespaces. Its first
# process holds them: when that one ends, the kernel ends everything in them.

# The folders that a process inside the bed sees $STATE and its parts at: short,
# for a socket's path may have 107 bytes.
STATE_INSIDE=$RUN/state
CLUSTER_INSIDE=$STATE_INSIDE/cluster
BIN_INSIDE=$STATE_INSIDE/bin

# A process is named by its id and start time, as ids are used again.
process_name() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # shellcheck disable=SC2086  # the fields after the command's name
  set -- "$1" ${stat##*) }
  [[ $2 != Z ]] && echo "$1 ${21}"
}

is_alive() {
  local name
  name=$(cat "$1" 2>/dev/null) && [[ -n $name && $(process_name "${name%% *}") == "$name" ]]
}

open_namespaces() {
  mkdir -p "$STATE_INSIDE" "$RUN/processes"
  setsid unshare --mount --net --pid --fork --mount-proc "$BIN/pause" sandboxcluster-testbed \
    >"$LOG/namespaces.log" 2>&1 </dev/null 9>&- &
  local parent=$! first=''
  wait_for 10 "the bed's namespaces" first_process_of "$parent"
  first=$(first_process_of "$parent")
  process_name "$first" >"$RUN/first"
  inside bash -euo pipefail -c "$ARRANGE_MOUNTS $MASK_SETTINGS" - "$RUN" "$STATE" "$CLUSTER_INSIDE"
}

first_process_of() { ps -o pid= --ppid "$1" | tr -d ' ' | grep .; }

# Private copies of the folders that Kubernetes is used to have for itself.
# shellcheck disable=SC2016
ARRANGE_MOUNTS='
  run=$1 state=$2 settings=$3/settings
  mount --bind "$state" "$run/state"
  mount --rbind "$run" /mnt
  mount -t tmpfs tmpfs /run
  mkdir -p "$run"
  mount --move /mnt "$run"
  mount -t tmpfs tmpfs /var/lib
  mkdir -p "$3/log"
  mount --bind "$3/log" /var/log
  mount --make-rshared /
'
# The kernel settings that kubelet and systemd write, as files: the real ones stay.
# shellcheck disable=SC2016
MASK_SETTINGS='
  while read -r setting value; do
    [[ -e /proc/sys/$setting ]] || continue
    mkdir -p "$settings/${setting%/*}"
    echo "$value" >"$settings/$setting"
    mount --bind "$settings/$setting" "/proc/sys/$setting"
  done <<END
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
fs/file-max 9223372036854775807
fs/nr_open 1048576
END
'

inside() {
  local first
  first=$(<"$RUN/first")
  nsenter --target "${first%% *}" --mount --net --pid -- "$@"
}

# start NAME COMMAND...: a component inside the bed.
start() {
  local name=$1
  shift
  local first
  first=$(<"$RUN/first")
  PATH=$BIN_INSIDE:$PATH setsid nsenter --target "${first%% *}" --mount --net --pid -- "$@" \
    >"$LOG/$name.log" 2>&1 </dev/null 9>&- &
  process_name "$!" >"$RUN/processes/$name"
}

is_running() { is_alive "$RUN/processes/$1"; }

close_namespaces() {
  ! is_alive "$RUN/first" || kill -KILL "$(cut -d' ' -f1 "$RUN/first")"
  local process
  for process in "$RUN/first" "$RUN"/processes/*; do
    [[ ! -f $process ]] || wait_for 30 "the end of ${process##*/}" is_over "$process"
  done
}

is_over() { ! is_alive "$1"; }

# The control groups that kubelet keeps pods in.
CGROUP=sandboxcluster-testbed

cgroup_roots() {
  if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then
    echo /sys/fs/cgroup
  else
    awk '$3 == "cgroup" {print $2}' /proc/mounts
  fi
}

open_cgroups() {
  local root
  for root in $(cgroup_roots); do
    mkdir -p "$root/$CGROUP"
  done
}

close_cgroups() {
  local root
  for root in $(cgroup_roots) /sys/fs/cgroup/unified; do
    [[ ! -d $root/$CGROUP ]] || wait_for 10 "the end of control group $root/$CGROUP" remove_cgroup "$root/$CGROUP"
  done
}

remove_cgroup() {
  find "$1" -depth -type d -exec rmdir {} + && [[ ! -e $1 ]]
}
