#!/usr/bin/env bash
# On a worker machine: pods keep their addresses among themselves; to everything else they are the machine.
# Arguments: the machine's name, the beginning of the machines' addresses, "nat" or nothing.
# Standard input: a line per node: name, pod range, address.
set -euo pipefail
name=$1 network=$2 nat=$3
ranges=$(</dev/stdin)
own=$(awk -v name="$name" '$1 == name {print $2}' <<<"$ranges")

echo 1 >/proc/sys/net/ipv4/ip_forward
iptables -t nat -N POD-EGRESS 2>/dev/null || iptables -t nat -F POD-EGRESS
while read -r node range address; do
  [[ -n $range ]] || continue
  iptables -t nat -A POD-EGRESS -d "$range" -j RETURN
  if [[ $node != "$name" && $address == "$network"* && -z $nat ]]; then
    ip route replace "$range" via "$address"
  fi
done <<<"$ranges"
iptables -t nat -A POD-EGRESS -j MASQUERADE
iptables -t nat -C POSTROUTING -s "$own" -j POD-EGRESS 2>/dev/null ||
  iptables -t nat -A POSTROUTING -s "$own" -j POD-EGRESS
