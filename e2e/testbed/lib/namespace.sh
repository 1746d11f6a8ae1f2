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
  local first program
  mkdir -p "$STATE_INSIDE" "$RUN/processes"
  setsid unshare --mount --net --pid --fork --mount-proc "$BIN/pause" sandboxcluster-testbed \
    >"$LOG/namespaces.log" 2>&1 </dev/null 9>&- &
  first=$(wait_for_output 10 "the bed's namespaces" first_process_below "$!")
  process_name "$first" >"$RUN/first" || die "the bed's first process ended: see $LOG/namespaces.log"
  prepare_program arrange-mounts "$RUN" "$STATE" "$CLUSTER_INSIDE"
  inside "${program[@]}"
  prepare_program mask-settings "$CLUSTER_INSIDE/settings"
  inside "${program[@]}"
}

# first_process_below PROCESS: the one that is the first of its namespaces. The
# others below PROCESS, some of them for a moment only, are in this machine's own.
first_process_below() {
  local child
  for child in $(ps -o pid= --ppid "$1"); do
    if is_first_process "$child"; then
      echo "$child"
      return
    fi
    ! first_process_below "$child" || return 0
  done
  return 1
}

# A process has an id in each process namespace, the last in its own. As long
# as it is `unshare`, that is still at work on the mounts.
is_first_process() {
  local ids command
  ids=$(sed -n 's/^NSpid://p' "/proc/$1/status" 2>/dev/null) && command=$(cat "/proc/$1/comm" 2>/dev/null) &&
    [[ $ids == *[0-9][[:blank:]]1 && $command != unshare ]]
}

# prepare_program NAME ARGUMENT...: sets `program` to what runs inside/NAME.sh
# where the folder of that file may not be seen: inside the bed, on a machine.
prepare_program() {
  local text
  text=$(<"$TESTBED/lib/inside/$1.sh")
  program=(bash -c "$text" "$@")
}

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
  local process
  kill_process "$RUN/first"
  for process in "$RUN/first" "$RUN"/processes/*; do
    [[ ! -f $process ]] || wait_for 30 "the end of ${process##*/}" is_over "$process"
  done
}

is_over() { ! is_alive "$1"; }

# It may end by itself between the look and the signal.
kill_process() {
  ! is_alive "$1" || kill -KILL "$(cut -d' ' -f1 "$1")" 2>/dev/null || true
}

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
