#!/usr/bin/env bash
# Inside the bed: the network of a worker machine, and of the router before it, if it is behind NAT.
# Arguments: the machine's name and number, true or false for NAT, the bridge that it is plugged in, the first three
# parts of addresses there, the addresses of machine and router behind NAT.
set -euo pipefail
name=$1 number=$2 nat=$3 bridge=$4 prefix=$5 nat_address=$6 nat_router_address=$7

network() {
  ip netns add "$1"
  ip -netns "$1" link set lo up
}

attach() {
  ip -netns "$1" address add "$2/24" dev eth0
  ip -netns "$1" link set eth0 up
  ip -netns "$1" route add default via "$3"
}

on_router() { nsenter --net="/run/netns/$name-router" "$@"; }

outermost=$name
network "$name"
if $nat; then
  outermost=$name-router
  network "$outermost"
  ip -netns "$outermost" link add lan0 type veth peer name eth0 netns "$name"
  ip -netns "$outermost" address add "$nat_router_address/24" dev lan0
  ip -netns "$outermost" link set lan0 up
  attach "$name" "$nat_address" "$nat_router_address"
fi
# An address that is used again keeps its link address, which the others remember.
ip link add "worker$number" master "$bridge" type veth \
  peer name eth0 address "$(printf 02:00:0a:d6:00:%02x "$number")" netns "$outermost"
ip link set "worker$number" up
attach "$outermost" "$prefix.$number" "$prefix.1"
if $nat; then
  on_router tee /proc/sys/net/ipv4/ip_forward <<<1 >/dev/null
  on_router iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE
  for chain in INPUT FORWARD; do
    on_router iptables -A "$chain" -i eth0 -m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP
  done
fi
