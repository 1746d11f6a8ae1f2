failures=0
mend_kmsg=false
mend_propagation=false
has_swap=false

passed() { printf 'ok    %s\n' "$*"; }
note() { printf 'note  %s\n' "$*"; }
failed() {
  printf 'FAIL  %s\n' "$*" >&2
  failures=$((failures + 1))
}
misuse() {
  printf '%s\n\n' "$*" >&2
  usage >&2
  exit 2
}
has() { command -v "$1" >/dev/null 2>&1; }

value_of() { [ "$2" -ge 2 ] || misuse "$1 needs a value"; }

valid_node_name() {
  [ "${#1}" -le 63 ] || return 1
  case $1 in
    '' | *[!a-z0-9.-]* | [.-]* | *[.-] | *..* | *.-* | *-.*) return 1 ;;
  esac
}

settle_node() {
  if [ -z "$node_name" ]; then
    node_name=$(uname -n | tr '[:upper:]' '[:lower:]')
    valid_node_name "$node_name" ||
      misuse "this machine's name, \"$node_name\", can't be a node's: give another with --node-name"
  fi
  valid_node_name "$node_name" ||
    misuse "\"$node_name\" can't be a node's name: up to 63 of a-z, 0-9, \"-\" and \".\", a letter or digit at both ends"
  case $node_ip in
    *[!0-9a-fA-F:.,]*) misuse "\"$node_ip\" is no IP address" ;;
  esac
}

make_scratch() {
  scratch=$(mktemp -d)
  trap remove_scratch EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

remove_scratch() { rm -rf "$scratch"; }

sha256() {
  if has sha256sum; then sha256sum; else openssl dgst -sha256 -r; fi | cut -c 1-64
}

check_machine() {
  check_root
  check_system
  check_gvisor
  check_clock
  check_kmsg
  check_propagation
  check_swap
  check_cgroups
  check_capabilities
}

check_root() {
  if [ "$(id -u)" = 0 ]; then
    passed "running as root"
  else
    failed "not root: a kubelet needs it. Run this with sudo."
  fi
}

check_system() {
  case $(uname -s)/$(uname -m) in
    Linux/x86_64 | Linux/amd64 | Linux/aarch64 | Linux/arm64 | Linux/armv7* | Linux/armv8* | Linux/s390x)
      passed "$(uname -s) on $(uname -m)" ;;
    *) failed "$(uname -s) on $(uname -m): there is k3s for Linux on amd64, arm64, arm and s390x. Take another machine." ;;
  esac
}

check_gvisor() {
  if dmesg 2>/dev/null | grep -q 'Starting gVisor' || grep -qi gvisor "$ROOT/proc/version" 2>/dev/null; then
    failed "inside gVisor: no kubelet runs here, because cAdvisor finds no statistics for the root file system. Use the sandbox without workers (solution 1), or join a VM: docs/solutions.md."
  else
    passed "not inside gVisor"
  fi
}

check_clock() {
  now=$(date -u +%s)
  clock=$(date -u '+%Y-%m-%d %H:%M:%S UTC')
  if [ "$now" -ge "$TOKEN_EXPIRES_EPOCH" ]; then
    failed "the token expired at $TOKEN_EXPIRES, this machine's clock says $clock. If the clock is right, take the current bundle from the Secret $SECRET; else set it."
  elif [ "$now" -lt $((TOKEN_EXPIRES_EPOCH - 31622400)) ]; then
    note "this machine's clock says $clock, more than a year before the token expires ($TOKEN_EXPIRES): if it is wrong, set it, or no certificate will be valid"
  else
    passed "the token is valid until $TOKEN_EXPIRES, this machine's clock says $clock"
  fi
}

check_kmsg() {
  if [ -e "$ROOT/dev/kmsg" ]; then
    passed "/dev/kmsg is there"
  else
    mend_kmsg=true
    note "/dev/kmsg is missing, and a kubelet opens it: /dev/null will be put in its place"
  fi
}

check_propagation() {
  if root_is_shared; then
    passed "mounts below / are shared"
  else
    mend_propagation=true
    note "mounts below / are private, volumes would not reach containers: \"mount --make-rshared /\" will be done, until the next boot"
  fi
}

root_is_shared() {
  shared=false
  while read -r _ _ _ _ point options; do
    [ "$point" = / ] || continue
    case $options in
      *' shared:'*' - '*) shared=true ;;
      *) shared=false ;;
    esac
  done <"$ROOT/proc/self/mountinfo"
  $shared
}

check_swap() {
  if [ "$(tail -n +2 "$ROOT/proc/swaps" 2>/dev/null | wc -l)" -gt 0 ]; then
    has_swap=true
    note "swap is on: the kubelet will be told to accept that (fail-swap-on=false)"
  else
    passed "swap is off"
  fi
}

check_cgroups() {
  if [ -e "$ROOT/sys/fs/cgroup/cgroup.controllers" ]; then
    controllers=" $(cat "$ROOT/sys/fs/cgroup/cgroup.controllers") "
    version=v2
    remedy="Delegate them to this container or unit (systemd: Delegate=yes)."
  else
    controllers=$(v1_controllers)
    version=v1
    remedy="Mount them at /sys/fs/cgroup; some kernels want cgroup_enable=memory on their command line."
  fi
  missing=
  for controller in cpu memory pids; do
    case $controllers in
      *" $controller "*) ;;
      *) missing="$missing $controller" ;;
    esac
  done
  if [ -n "$missing" ]; then
    failed "cgroup $version without the controllers$missing: no kubelet starts without them. $remedy"
  elif [ "$version" = v1 ]; then
    note "cgroup v1: Kubernetes only maintains it since 1.31, and a kubelet of 1.35 or later refuses it by default"
  else
    passed "cgroup v2 with cpu, memory and pids"
  fi
}

v1_controllers() {
  printf ' '
  for controller in cpu memory pids; do
    [ ! -d "$ROOT/sys/fs/cgroup/$controller" ] || printf '%s ' "$controller"
  done
}

# CAP_SYS_RESOURCE is bit 24: the lowest of the seventh hexadecimal digit from the right.
check_capabilities() {
  capabilities=$(sed -n 's/^CapEff:[[:space:]]*//p' "$ROOT/proc/self/status")
  case ${capabilities%??????} in
    *[13579bdf]) passed "CAP_SYS_RESOURCE is there" ;;
    *) note "no CAP_SYS_RESOURCE: a container runtime can't lower oom_score_adj here, and unless it tolerates that no pod starts. $OOM_REMEDY" ;;
  esac
}

# 280A is 10250, 0A is LISTEN (proc(5), /proc/net/tcp).
kubelet_port_is_taken() {
  cat "$ROOT/proc/net/tcp" "$ROOT/proc/net/tcp6" 2>/dev/null | grep -Eq '^ *[0-9]+: [0-9A-F]+:280A [0-9A-F]+:[0-9A-F]+ 0A '
}

# The agent and the kubelet dial directly, hence so do these.
without_proxy() (
  unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
  "$@"
)

bounded() {
  if has timeout; then timeout 20 "$@"; else "$@"; fi
}

is_gnu_wget() { has wget && wget --version 2>/dev/null | grep -q 'GNU Wget'; }

# Writes what the endpoint answers for a path to stdout. TLS is not verified: whoever calls this verifies the content.
# s_client fails where the other side just hangs up after its answer, hence the answer counts.
fetch_unverified() {
  if has curl; then
    without_proxy curl -sS -k --max-time 15 "$SERVER$1"
  elif has openssl; then
    printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$1" "$URL_HOST" |
      bounded openssl s_client -quiet -connect "$URL_HOST:$SERVER_PORT" >"$scratch/response" || :
    [ -s "$scratch/response" ] || return 1
    sed '1,/^\r*$/d' "$scratch/response"
  elif is_gnu_wget; then
    without_proxy wget -nv -O - -t 1 -T 15 --no-check-certificate --content-on-error "$SERVER$1"
  else
    without_proxy wget -q -O - -T 15 --no-check-certificate "$SERVER$1"
  fi
}

can_send_token() { has curl || has openssl; }

# Sends the token to the endpoint once its certificate proved that $2 signed it for the name or address $1, and prints
# the HTTP status. The token goes through a pipe: arguments are for everyone to see.
status_with_token() {
  if has curl; then
    resolve=
    [ "$1" = "$SERVER_ADDRESS" ] || resolve="$1:$SERVER_PORT:$URL_HOST"
    authority=$1
    [ "$1" != "$SERVER_ADDRESS" ] || authority=$URL_HOST
    printf 'header = "Authorization: Bearer %s.%s"\n' "$TOKEN_ID" "$TOKEN_SECRET" |
      without_proxy curl -sS -K - --max-time 15 --cacert "$2" ${resolve:+--resolve "$resolve"} \
        -o /dev/null -w '%{http_code}' "https://$authority:$SERVER_PORT/version"
  else
    verify=-verify_hostname
    [ "$1" != "$SERVER_ADDRESS" ] || verify=-verify_ip
    printf 'GET /version HTTP/1.0\r\nHost: %s\r\nAuthorization: Bearer %s.%s\r\n\r\n' \
      "$1" "$TOKEN_ID" "$TOKEN_SECRET" |
      bounded openssl s_client -quiet -connect "$URL_HOST:$SERVER_PORT" -CAfile "$2" -verify_return_error \
        "$verify" "$1" >"$scratch/response" || :
    [ -s "$scratch/response" ] || return 1
    sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$scratch/response"
  fi
}

# Only 401 is about the token: other answers come from a control plane that is starting, or from RBAC.
judge_status() {
  if [ "$1" = 401 ]; then
    failed "$SERVER doesn't accept the token: it expired or was revoked. Take the current bundle from the Secret $SECRET."
  else
    passed "$SERVER is the sandbox $CLUSTER and accepts the token"
  fi
}

unreachable() {
  failed "$SERVER can't be reached: $(tail -n 1 "$scratch/error" | tr -d '\r'). Look for a firewall, a missing route or another address of the sandbox."
}

somebody_else() {
  failed "another cluster, or a proxy that terminates TLS, answers there: $SERVER $*. The token was not sent to it."
}

refuse_on_failures() {
  [ "$failures" = 0 ] || die "Nothing was changed: see the lines with FAIL ($failures)."
}

mend_machine() {
  if $mend_kmsg; then
    replace_kmsg
  fi
  if $mend_propagation; then
    if mount --make-rshared / 2>"$scratch/error"; then
      passed "made mounts below / shared"
    else
      note "mounts below / could not be made shared ($(tail -n 1 "$scratch/error")): volumes may be missing in containers"
    fi
  fi
}

replace_kmsg() {
  if : >"$ROOT/dev/kmsg" && mount --bind /dev/null "$ROOT/dev/kmsg" 2>/dev/null; then
    passed "bound /dev/null to /dev/kmsg"
  elif rm -f "$ROOT/dev/kmsg" && ln -s /dev/null "$ROOT/dev/kmsg"; then
    passed "linked /dev/kmsg to /dev/null"
  else
    die "/dev/kmsg can't be made: give this container one, for example by binding /dev/null there."
  fi
}

# Writes stdin to a file that only root reads, all of it or nothing.
write_private() {
  mkdir -p "${1%/*}"
  (umask 077 && cat >"$1.new")
  chmod "${2:-600}" "$1.new"
  mv "$1.new" "$1"
}

has_systemd() { [ -d "$ROOT/run/systemd/system" ] && has systemctl; }
