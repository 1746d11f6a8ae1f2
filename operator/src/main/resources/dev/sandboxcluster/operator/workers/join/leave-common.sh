# Where this machine's files are: elsewhere only in tests.
ROOT=${SANDBOXCLUSTER_ROOT:-}
RUN=$ROOT/run/sandboxcluster

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

require_no_arguments() {
  [ $# = 0 ] || die "usage: leave.sh, without arguments"
  [ "$(id -u)" = 0 ] || die "not root: run this with sudo."
}

# Ends the process of a file below /run, if it is still what was started: process ids come back.
end_process() {
  [ -r "$RUN/$1.pid" ] || return 0
  pid=$(cat "$RUN/$1.pid")
  if is_running "$pid" "$2"; then
    kill "$pid" 2>/dev/null || :
    tries=0
    while is_running "$pid" "$2" && [ "$tries" -lt 30 ]; do
      tries=$((tries + 1))
      sleep 1
    done
    ! is_running "$pid" "$2" || kill -9 "$pid" 2>/dev/null || :
    printf 'ended %s (process %s)\n' "$1" "$pid"
  fi
  rm -f "$RUN/$1.pid"
}

is_running() { { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -q "$2"; }

say_nothing_is_left() { printf 'This machine has not joined, or has left already.\n'; }

remove() {
  for file in "$@"; do
    if [ -e "$ROOT$file" ] || [ -L "$ROOT$file" ]; then
      rm -rf "$ROOT$file"
      printf 'removed %s\n' "$file"
    fi
  done
}
