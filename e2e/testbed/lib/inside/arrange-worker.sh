#!/usr/bin/env bash
# On a worker machine: a root folder that is the real machine's, with own folders where a node writes. What is mounted in
# the bed must go: a copy would keep it in use.
# Arguments: the machine's name, its folder, the folder .state (both as seen inside the bed), its control group.
set -euo pipefail
name=$1 folder=$2 state=$3 cgroup=$4
disk=$folder/disk

hostname "$name"
mount -t overlay -o "lowerdir=/etc,upperdir=$disk/etc,workdir=$disk/etc-work" overlay /etc
rm -rf /etc/{cni,kubernetes,rancher}
mkdir /etc/{cni,kubernetes,rancher}
mount --bind "$state/bin" "$disk/opt/testbed/bin"
mount --bind "$state/debian" "$disk/opt/testbed/debian"
mount --rbind "$disk/opt" /opt
umount --recursive --lazy /var/lib
mount --bind "$disk/var" /var
mount --bind "$disk/root" /root
mount --bind "$disk/tmp" /tmp
mount --bind "$disk/usr-local" /usr/local
while read -r _ root type _; do
  [[ $type != cgroup* ]] || mount --bind "$root/$cgroup" "$root"
done <<<"$(</proc/mounts)"
umount --recursive --lazy /run
mount -t tmpfs tmpfs /run
mkdir /run/lock
mount --make-rshared /
