# shellcheck shell=bash
# shellcheck disable=SC2034  # some addresses are for the other files
# The bed has a network of its own, joined to the machine by one cable and
# nothing else: what it does to addresses, routes and packet filters stays
# inside, and nothing that runs in it reaches further than this machine.

CABLE=sbxbed0            # the machine's end; the bed's end has the node's address
HOST_ADDRESS=10.211.0.1
NODE_ADDRESS=10.211.0.2
CABLE_BITS=30
POD_CIDR=10.212.0.0/16
SERVICE_CIDR=10.213.0.0/16
API_SERVICE_ADDRESS=10.213.0.1
DNS_SERVICE_ADDRESS=10.213.0.10
BALANCER_CIDR=10.215.0.0/24  # of Services of type LoadBalancer
WORKERS_BRIDGE=workers0  # where worker machines are plugged in
WORKERS_PREFIX=10.214.0
WORKERS_CIDR=$WORKERS_PREFIX.0/24

require_free_network() {
  local range taken
  for range in "$NODE_ADDRESS/$CABLE_BITS" "$POD_CIDR" "$SERVICE_CIDR" "$WORKERS_CIDR" "$BALANCER_CIDR"; do
    taken=$(ip -4 route show to match "$range" | grep -v '^default' || true)
    [[ -z $taken ]] || die "this machine already has a route to $range, which the test bed uses: $taken"
  done
}

connect_network() {
  local first program
  first=$(<"$RUN/first")
  ip link add "$CABLE" type veth peer name node0 netns "${first%% *}"
  ip address add "$HOST_ADDRESS/$CABLE_BITS" dev "$CABLE"
  ip link set "$CABLE" up
  # From the machine, pods and Services are reached as they are from a node.
  ip route add "$POD_CIDR" via "$NODE_ADDRESS"
  ip route add "$SERVICE_CIDR" via "$NODE_ADDRESS"
  ip route add "$WORKERS_CIDR" via "$NODE_ADDRESS"
  ip route add "$BALANCER_CIDR" via "$NODE_ADDRESS"
  prepare_program connect-network "$NODE_ADDRESS/$CABLE_BITS" "$SERVICE_CIDR" "$WORKERS_BRIDGE" "$WORKERS_PREFIX.1/24" \
    "$BALANCER_CIDR"
  inside "${program[@]}"
}

# The kernel takes the cable away with the bed, a moment later.
disconnect_network() { wait_for 10 "the end of $CABLE" remove_cable; }

remove_cable() { ip link delete "$CABLE" || ! ip link show "$CABLE"; }
