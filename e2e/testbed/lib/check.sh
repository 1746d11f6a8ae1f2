# shellcheck shell=bash
# What no compiler says of the shell scripts and the Go sources. Each check runs
# again when its inputs have changed.

ROOT=$(cd "$TESTBED/../.." && pwd -P)

build_check() {
  cd "$ROOT" || return
  part shellcheck "shellcheck from Debian" 1
  check shell-scripts "the shell scripts" .shellcheckrc "$(shell_scripts | xargs -d "\n" sha256sum)" "$(<"$STATE/stamps/shellcheck")"
  check go-sources "the Go sources" "$GO_SOURCES" "$("$GO" version)"
  require_commands
  build_stand_in_if_new
  check stand-in "which flags the stand-in for k3s refuses" "$GO_SOURCES/kubernetes/stand-in" "$(<"$STATE/stamps/stand-in")"
}

# check NAME WHAT INPUT...: runs check_NAME
check() {
  local check=check_${1//-/_}
  once "check-$1" "check-$1" "checking $2" "$check" "${@:3}" "$(declare -f "$check" join_scripts vet go_in)"
}

# Those of the whole repository, one a line.
shell_scripts() {
  local file beginning
  find . \( -name .git -o -name .state -o -name target \) -prune -o -type f -print | sort |
    while read -r file; do
      beginning=''
      [[ $file == *.sh ]] || IFS= read -rn 30 beginning <"$file" || true
      [[ $file != *.sh && $beginning != '#!'*sh* ]] || echo "$file"
    done
}

check_shell_scripts() {
  local scripts=() script
  while read -r script; do
    case $script in
      */src/main/resources/*/join/*) ;; # parts of scripts
      *) scripts+=("$script") ;;
    esac
  done < <(shell_scripts)
  "$BIN/shellcheck" "${scripts[@]}"
  join_scripts
  # Their settings, in capitals, stand before them in what machines get.
  "$BIN/shellcheck" --exclude=SC2153 "$STATE"/join-scripts/*.sh
}

# What machines run to join and leave, put together as the operator does it.
join_scripts() {
  local folder part common name
  fresh_rootfs "$STATE/join-scripts"
  folder=$(dirname "$(find operator/src/main/resources -name '*-join.sh' -print -quit)")
  for part in "$folder"/*-{join,leave}.sh; do
    name=${part##*/} common=common.sh
    [[ $name != *-leave.sh ]] || common=leave-common.sh
    {
      printf '#!/bin/sh\nset -eu\n'
      cat "$folder/processes.sh" "$folder/$common" "$part"
      printf 'main "$@"\n'
    } >"$STATE/join-scripts/$name"
  done
}

check_go_sources() {
  local status=0
  vet addons ./... || status=1
  TOOLCHAIN=$SHIM_TOOLCHAIN vet gvisor-shim ./... || status=1
  vet kubernetes ./... || status=1
  vet pause ./... || status=1
  vet provisioners github.com/metallb/frr-k8s/... || status=1
  return "$status"
}

# vet MODULE PACKAGES
vet() {
  echo "go/$1:"
  go_in "$1" vet "$2"
}

check_stand_in() { K3S_STAND_IN=$BIN/k3s-stand-in go_in kubernetes test -count=1 -v ./stand-in/flags; }
