CONFIG_FILE=$ROOT/etc/rancher/k3s/config.yaml
OOM_REMEDY="Set \"restrict_oom_score_adj = true\" in a template of k3s's containerd configuration, or give the agent such a containerd with \"-- --container-runtime-endpoint\"."
INSTALLER_URL=https://get.k3s.io

usage() {
  cat <<'END'
usage: join.sh [options] [-- arguments for "k3s agent"]

  --node-name NAME   name of the node; default: this machine's, in small letters
  --node-ip IP       address by which other nodes reach this one; default: k3s finds it
  --check            only say what would stand in the way
  --configure-only   write the configuration and start nothing
  --foreground       run "k3s agent" here instead of as a service; the default without systemd and OpenRC
  --installer FILE   a copy of https://get.k3s.io, for machines that don't reach it
END
}

main() {
  node_name='' node_ip='' mode=join foreground=false installer=''
  while [ $# -gt 0 ]; do
    case $1 in
      --node-name) value_of "$1" $#; node_name=$2; shift 2 ;;
      --node-ip) value_of "$1" $#; node_ip=$2; shift 2 ;;
      --check) mode=check; shift ;;
      --configure-only) mode=configure; shift ;;
      --foreground) foreground=true; shift ;;
      --installer) value_of "$1" $#; installer=$2; shift 2 ;;
      --help | -h) usage; return ;;
      --) shift; break ;;
      *) misuse "unknown option: $1" ;;
    esac
  done
  settle_node
  has_systemd || has_openrc || foreground=true
  make_scratch

  printf 'Joining the sandbox %s at %s as node %s\n' "$CLUSTER" "$SERVER" "$node_name"
  check_membership
  check_machine
  check_endpoint
  check_k3s
  check_proof
  refuse_on_failures
  case $mode in
    check) printf 'Nothing stands in the way. Nothing was changed.\n'; return ;;
    configure) write_config; return ;;
  esac
  mend_machine
  write_config
  forget_node
  if $foreground; then run_in_foreground "$@"; else run_as_service "$@"; fi
}

has_openrc() { [ -d "$ROOT/run/openrc" ] && has rc-service; }

check_endpoint() {
  if ! has curl && ! has openssl && ! has wget; then
    note "no curl, openssl or wget: $SERVER is not tried; k3s itself will refuse another CA"
  elif ! fetch_unverified /cacerts >"$scratch/cacerts" 2>"$scratch/error"; then
    unreachable
  else
    hash=$(sha256 <"$scratch/cacerts")
    if [ "$hash" != "$CA_HASH" ]; then
      somebody_else "has a CA with the hash $hash, the sandbox's is $CA_HASH"
    elif ! can_send_token; then
      passed "$SERVER is the sandbox $CLUSTER"
    elif status=$(status_with_token kubernetes.default.svc "$scratch/cacerts" 2>"$scratch/error"); then
      judge_status "$status"
    else
      somebody_else "shows the sandbox's CA, but no certificate of it"
    fi
  fi
}

# One cluster is one CA: its address may have changed.
check_membership() {
  server=$(configured server)
  case $(configured token) in
    "K10$CA_HASH::"*) same_cluster=true ;;
    *) same_cluster=false ;;
  esac
  if [ -n "$server" ] && [ "$server" != "$SERVER" ] && ! $same_cluster; then
    failed "this machine has joined another cluster, $server. Leave that first, and remove /etc/rancher/k3s/config.yaml."
  elif ! kubelet_port_is_taken; then
    passed "port 10250 is free"
  elif $same_cluster && [ "$server" = "$SERVER" ] && [ "$mode" = join ]; then
    printf 'This machine has joined the sandbox %s already: nothing to do. To join anew, run leave.sh first.\n' "$CLUSTER"
    exit 0
  elif $same_cluster && ! $foreground; then
    note "the agent of this sandbox runs here: it will be restarted"
  else
    failed "port 10250 is taken: a kubelet runs on this machine. Stop it, or take another machine."
  fi
}

configured() {
  sed -n "s/^$1: *[\"']\{0,1\}\([^\"']*\)[\"']\{0,1\} *\$/\1/p" "$CONFIG_FILE" 2>/dev/null || :
}

check_k3s() {
  found=
  ! has k3s || found=$(k3s --version 2>/dev/null | sed -n 's/^k3s version \([^ ]*\).*/\1/p')
  if [ "$mode" = configure ]; then
    return
  elif [ "$found" = "$K3S_VERSION" ]; then
    passed "k3s $K3S_VERSION is there"
  elif ! $foreground; then
    note "k3s $K3S_VERSION will be installed by $INSTALLER_URL"
  elif has k3s; then
    note "the k3s that is there is ${found:-of an unknown version}, the sandbox's is $K3S_VERSION: an agent may be older by up to three minor versions, never newer"
  else
    failed "no k3s, and neither systemd nor OpenRC, without which its installer does nothing: put k3s $K3S_VERSION into /usr/local/bin, from https://github.com/k3s-io/k3s/releases; the images of that release go into /var/lib/rancher/k3s/agent/images if no registry can be reached."
  fi
  if ! $foreground && [ "$mode" = join ]; then
    check_installer
  fi
}

check_installer() {
  if [ -n "$installer" ]; then
    [ -r "$installer" ] || failed "$installer can't be read: give --installer a copy of $INSTALLER_URL."
    return
  fi
  installer=$scratch/install.sh
  if has curl; then
    curl -fsSL --max-time 60 -o "$installer" "$INSTALLER_URL" 2>"$scratch/error" || no_installer
  elif is_gnu_wget; then
    wget -nv -T 20 -t 2 -O "$installer" "$INSTALLER_URL" 2>"$scratch/error" || no_installer
  else
    printf 'there is neither curl nor GNU wget, and other wgets may not verify TLS' >"$scratch/error"
    no_installer
  fi
}

no_installer() {
  failed "$INSTALLER_URL can't be had: $(tail -n 1 "$scratch/error"). Offline: bring a copy of it (--installer FILE) and k3s $K3S_VERSION from https://github.com/k3s-io/k3s/releases in /usr/local/bin; with that k3s alone, --foreground works too."
}

check_proof() {
  if $PROOF && ! has sha256sum && ! has openssl; then
    failed "neither sha256sum nor openssl: the proof that this node belongs to the group $GROUP can't be computed. Install one."
  fi
}

write_config() {
  if [ -e "$CONFIG_FILE" ] && ! grep -q '^# Written by join.sh' "$CONFIG_FILE"; then
    cp -p "$CONFIG_FILE" "$CONFIG_FILE.before-join"
    note "the former /etc/rancher/k3s/config.yaml is now config.yaml.before-join"
  fi
  config | write_private "$CONFIG_FILE"
  passed "wrote /etc/rancher/k3s/config.yaml"
}

# k3s prefers the certificate of the node that this machine was to the token, and gets no other name with it, nor, once
# that Node was deleted, the same (v1.33.5).
forget_node() {
  rm -f "$ROOT/var/lib/rancher/k3s/agent/client-kubelet.crt" "$ROOT/var/lib/rancher/k3s/agent/client-kubelet.key"
}

config() {
  printf '# Written by join.sh of the sandbox %s. Contains a token.\n' "$CLUSTER"
  printf '%s' "$CONFIG"
  printf 'node-name: "%s"\n' "$node_name"
  [ -z "$node_ip" ] || printf 'node-ip: "%s"\n' "$node_ip"
  ! $has_swap || printf 'kubelet-arg:\n- "fail-swap-on=false"\n'
  [ -z "$NODE_LABELS" ] && ! $PROOF || printf 'node-label:\n'
  printf '%s' "$NODE_LABELS"
  ! $PROOF || printf -- '- "%s=%s.%s"\n' "$PROOF_LABEL" "$TOKEN_ID" "$(proof)"
}

# Shows that the node of this name was joined by someone who has the token, without showing the token.
proof() { printf '%s:%s' "$TOKEN_SECRET" "$node_name" | sha256 | cut -c 1-40; }

run_in_foreground() {
  has k3s || die "no k3s on PATH: put k3s $K3S_VERSION into /usr/local/bin."
  say_what_next "this terminal"
  remember_process k3s-agent $$
  forget_environment
  remove_scratch
  exec k3s agent "$@"
}

run_as_service() {
  forget_environment
  INSTALL_K3S_EXEC=agent
  INSTALL_K3S_VERSION=$K3S_VERSION
  INSTALL_K3S_SKIP_START=true
  export INSTALL_K3S_EXEC INSTALL_K3S_VERSION INSTALL_K3S_SKIP_START
  if [ "$found" = "$K3S_VERSION" ]; then
    INSTALL_K3S_SKIP_DOWNLOAD=true
    INSTALL_K3S_BIN_DIR=$(dirname "$(command -v k3s)")
    export INSTALL_K3S_SKIP_DOWNLOAD INSTALL_K3S_BIN_DIR
  fi
  sh "$installer" "$@" </dev/null || die "the installer failed: see above. The configuration is written; run join.sh again."
  if has_systemd; then start_with_systemd; else rc-service k3s-agent restart; fi
}

# Everything that k3s needs stands in its configuration; the environment would win over it.
forget_environment() {
  unset K3S_URL K3S_TOKEN K3S_TOKEN_FILE K3S_NODE_NAME K3S_CONFIG_FILE
}

start_with_systemd() {
  systemctl restart --no-block k3s-agent
  tries=0
  until [ "$(systemctl is-active k3s-agent 2>/dev/null)" = active ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 120 ]; then
      journalctl --no-pager -n 20 -u k3s-agent || :
      die "the agent has not joined after two minutes; it goes on trying. See: journalctl -u k3s-agent"
    fi
    sleep 1
  done
  passed "k3s-agent runs"
  say_what_next "journalctl -u k3s-agent"
}

say_what_next() {
  cat <<END
Next:
  in the sandbox   kubectl get node $node_name    Ready within seconds, once images are here
  the agent's log  $1
  to leave         run leave.sh of the Secret $SECRET here
END
}
