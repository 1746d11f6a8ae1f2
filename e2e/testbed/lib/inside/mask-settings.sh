#!/usr/bin/env bash
# Inside the bed or on a worker machine: the kernel settings that kubelet and systemd write, as files. The real ones stay.
# Argument: the folder for these files.
set -euo pipefail
settings=$1

while read -r setting value; do
  [[ -e /proc/sys/$setting ]] || continue
  mkdir -p "$settings/${setting%/*}"
  echo "$value" >"$settings/$setting"
  mount --bind "$settings/$setting" "/proc/sys/$setting"
done <<'END'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
fs/file-max 9223372036854775807
fs/nr_open 1048576
END
