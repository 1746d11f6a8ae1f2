#!/usr/bin/env bash
# Inside the bed: private copies of the folders that Kubernetes is used to have for itself.
# Arguments: the bed's folder under /run, the folder .state, the cluster's folder as seen inside.
set -euo pipefail
run=$1 state=$2 cluster=$3

mount --bind "$state" "$run/state"
mount --rbind "$run" /mnt
mount -t tmpfs tmpfs /run
mkdir -p "$run"
mount --move /mnt "$run"
mount -t tmpfs tmpfs /var/lib
mkdir -p "$cluster/log"
mount --bind "$cluster/log" /var/log
mount --make-rshared /
