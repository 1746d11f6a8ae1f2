# shellcheck shell=bash
# What the bed could leave behind on the machine. Taken before `up` and after
# `down`, the two must be the same.

machine_state() (
  set +e # what is not there is not there
  echo "== links";          ip -brief link | awk '{print $1, $2}'
  echo "== addresses";      ip -brief address
  echo "== routes";         ip route show table all
  echo "== packet filters"; ! command -v iptables-save >/dev/null || iptables-save 2>/dev/null | grep -v '^#' | sed 's/\[.*\]//'
  echo "== namespaces";     ls /run/netns 2>/dev/null
  echo "== mounts";         awk '{print $2, $3}' /proc/mounts | sort
  echo "== folders";        ls -d /run/* /var/lib/* /var/log/{pods,containers} /etc/cni /opt/cni 2>/dev/null
  echo "== control groups"; find /sys/fs/cgroup -maxdepth 2 -type d | sort
  echo "== settings";       kernel_settings
  echo "== processes";      processes_of_the_bed
)

kernel_settings() {
  grep -rs . /proc/sys/vm/overcommit_* /proc/sys/vm/panic* /proc/sys/kernel/panic* /proc/sys/kernel/keys \
    /proc/sys/fs/{file-max,nr_open} \
    /proc/sys/net/ipv4/ip_forward /proc/sys/net/bridge /proc/sys/net/netfilter/nf_conntrack_max \
    /proc/sys/net/ipv4/conf/all/{route_localnet,rp_filter,forwarding} | sort
}

# Those in a process namespace of their own: tests run the bed's binaries, too.
processes_of_the_bed() {
  local process ours
  ours=$(readlink /proc/self/ns/pid)
  for process in /proc/[0-9]*; do
    [[ $(readlink "$process/ns/pid" 2>/dev/null) != "$ours" ]] || continue
    case $(readlink "$process/exe" 2>/dev/null) in
      "$STATE"/* | "$RUN"/*) tr '\0' ' ' <"$process/cmdline"; echo ;;
    esac
  done
}
