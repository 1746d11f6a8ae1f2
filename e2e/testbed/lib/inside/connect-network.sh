#!/usr/bin/env bash
# Inside the bed: its end of the cable, and what its addresses lead to.
# Arguments: the node's address, the range of Services, the bridge of the worker machines and its address, the range of
# load balancers.
set -euo pipefail
node_address=$1 services=$2 bridge=$3 bridge_address=$4 balancers=$5

ip link set lo up
ip address add "$node_address" dev node0
ip link set node0 up
# A Service that kube-proxy does not know yet must lead nowhere: to a bridge without ports.
ip link add services0 type bridge
ip link set services0 up
ip route add "$services" dev services0
# An address of its own: one taken from a machine would change with the machines.
ip link add "$bridge" address 02:00:0a:d6:00:01 type bridge
ip address add "$bridge_address" dev "$bridge"
ip link set "$bridge" up
ip route add "$balancers" dev services0
echo 1 >/proc/sys/net/ipv4/ip_forward
