# shellcheck shell=bash
# One bed per machine: who has it, and how it ends.

# lock NAME: one at a time; the lock ends with the calling process.
lock() {
  mkdir -p "$STATE"
  exec 9>"$STATE/$1.lock"
  flock --nonblock 9 || {
    say "Waiting for another run of the test bed's commands ..."
    flock 9
  }
}

build() {
  mkdir -p "$BIN" "$IMAGES" "$LOG" "$STATE/stamps"
  find_go
  lock build
  "build_$1"
}

bed_owner() { cat "$RUN/owner" 2>/dev/null || echo unknown; }

is_foreign() { [[ $(bed_owner) != "$TESTBED" ]]; }

require_only_bed() {
  if [[ -e $RUN ]] && is_foreign && is_alive "$RUN/first"; then
    die "a test bed runs on this machine already: $(bed_owner). Stop it with $(bed_owner)/down"
  fi
}

require_running() {
  if [[ ! -e $RUN ]] || is_foreign || ! is_alive "$RUN/first"; then
    die "the test bed is not up: start it with $TESTBED/up"
  fi
}

claim_machine() {
  require_free_network
  machine_state >"$STATE/machine-before"
  mkdir -p "$CLUSTER" "$LOG" "${RUN%/*}"
  mkdir "$RUN" || die "another test bed is starting on this machine: $(bed_owner)"
  chmod 0700 "$RUN"
  echo "$TESTBED" >"$RUN/owner"
}

# Works from any state, also on a bed that another clone left behind.
tear_down() {
  close_namespaces
  disconnect_network
  close_cgroups
  rm -rf "$RUN" "$CLUSTER"
}
