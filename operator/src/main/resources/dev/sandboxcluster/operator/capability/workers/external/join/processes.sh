# Where this machine's files are: elsewhere only in tests.
ROOT=${SANDBOXCLUSTER_ROOT:-}
RUN=$ROOT/run/sandboxcluster

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The process's id and when it started, since ids come back; nothing if it has ended (state and starttime of
# proc_pid_stat(5)).
identity_of() {
  sed -n 's/^\([0-9]*\) (.*) [^ZX]\( [^ ]*\)\{18\} \([0-9]*\) .*/\1 \3/p' "/proc/$1/stat" 2>/dev/null || :
}

# remember_process NAME ID
remember_process() {
  mkdir -p "$RUN"
  identity_of "$2" >"$RUN/$1.process"
}

is_running() {
  identity=$(cat "$RUN/$1.process" 2>/dev/null) && [ -n "$identity" ] &&
    [ "$(identity_of "${identity%% *}")" = "$identity" ]
}

# A kubelet that is told to end while it starts may go on starting, hence the last resort.
end_process() {
  if is_running "$1"; then
    ended=${identity%% *}
    kill "$ended" 2>/dev/null || :
    tries=0
    while is_running "$1" && [ "$tries" -lt 100 ]; do
      tries=$((tries + 1))
      nap
    done
    if is_running "$1"; then
      kill -9 "$ended" 2>/dev/null || :
    fi
    printf 'ended %s (process %s)\n' "$1" "$ended"
  fi
  rm -f "$RUN/$1.process"
}

# Not every sleep knows fractions.
nap() { sleep 0.2 2>/dev/null || sleep 1; }
