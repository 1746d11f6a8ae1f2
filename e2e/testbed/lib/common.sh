# shellcheck shell=bash
# shellcheck disable=SC2034  # much of this is for the other files
# Where things are, how to say things, how to wait. Sourced by every command.

TESTBED=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
STATE=$TESTBED/.state            # everything that is built or written
BIN=$STATE/bin
IMAGES=$STATE/images
LOG=$STATE/log
CLUSTER=$STATE/cluster           # the running cluster's data; `down` removes it
RUN=/run/sandboxcluster-testbed  # sockets and process ids: one bed per machine
KUBECONFIG_FILE=$CLUSTER/admin.kubeconfig
CONTAINERD_SOCKET=$RUN/containerd.sock

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

require_root() {
  [[ $EUID -eq 0 ]] || die "the test bed makes namespaces and mounts: run this as root"
}

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

# wait_for SECONDS WHAT COMMAND...: polls until COMMAND succeeds.
wait_for() { wait_for_output "$@" >/dev/null; }

# wait_for_output SECONDS WHAT COMMAND...: the same, and prints what COMMAND
# said when it succeeded. Asked once more, it could answer otherwise.
wait_for_output() {
  local seconds=$1 what=$2 deadline=$(($(date +%s) + $1)) output
  shift 2
  until output=$("$@" 2>/dev/null); do
    if (($(date +%s) >= deadline)); then
      say "error: $what: not after $seconds s"
      return 1
    fi
    sleep 0.1
  done
  printf '%s\n' "$output"
}

# with_progress NAME WHAT COMMAND...: runs COMMAND with its output in a log,
# shows that it is alive, and the end of the log if it fails.
with_progress() {
  local what=$2 log=$LOG/$1.log start=$SECONDS shown=0 pid status=0
  shift 2
  mkdir -p "$LOG"
  say "$what ..."
  ("$@") >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if [[ -t 2 ]]; then
      printf '\r  %4d s ' $((SECONDS - start)) >&2
    elif ((SECONDS - start >= shown + 15)); then
      shown=$((SECONDS - start))
      say "  $shown s"
    fi
  done
  wait "$pid" || status=$?
  [[ ! -t 2 ]] || printf '\r' >&2
  if ((status != 0)); then
    say "error: $what: failed after $((SECONDS - start)) s; the end of $log:"
    tail -n 30 "$log" | sed 's/^/  | /' >&2
    return "$status"
  fi
  say "  done in $((SECONDS - start)) s"
}
