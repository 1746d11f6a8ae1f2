# shellcheck shell=bash
# shellcheck disable=SC2154
# The test bed with the operator built from this clone. Sourced by what sets $root.

SYSTEM=sandboxcluster-system
RELEASE=sandboxcluster-operator
OPERATOR_IMAGE=sandboxcluster.dev/operator:dev
OPERATOR_ARCHIVE=$root/operator/target/operator-image.tar

headline() {
  if [[ -t 1 ]]; then printf '\n\e[1;36m%s\e[0m\n' "$*"; else printf '\n== %s\n' "$*"; fi
}

# Shows a command and runs it.
try() {
  if [[ -t 1 ]]; then printf '\e[1m$ %s\e[0m\n' "$*"; else printf '$ %s\n' "$*"; fi
  "$@"
}

require_builders() {
  local missing=()
  has_jdk || missing+=("a JDK of 17 or later, with jlink:  apt-get install -y openjdk-17-jdk-headless")
  command -v mvn >/dev/null || missing+=("Maven:                             apt-get install -y maven")
  if ((${#missing[@]} > 0)); then
    say "error: missing on this machine (after apt-get update):"
    printf '  %s\n' "${missing[@]}" >&2
    (find_go)
    exit 1
  fi
  find_go
}

has_jdk() {
  local jlink
  jlink=${JAVA_HOME:+$JAVA_HOME/bin/}jlink
  command -v "$jlink" >/dev/null && (($("$jlink" --version | cut -d. -f1) >= 17))
}

use_test_bed() {
  require_root
  require_builders
  headline "A Kubernetes with gVisor on this machine"
  "$TESTBED/up"
  export KUBECONFIG=$KUBECONFIG_FILE
  PATH=$BIN:$PATH
  try kubectl get nodes,runtimeclasses

  headline "The operator"
  make_operator_image
  eval "$("$TESTBED/control-plane-image")"
  load_operator_image
  install_operator "$OPERATOR_IMAGE" \
    --set controlPlane.imageRepository="$CONTROL_PLANE_REPOSITORY" --set controlPlane.version="$CONTROL_PLANE_TAG" \
    --set bootstrap.helmImage="$HELM_IMAGE" --set simulation.image="$KWOK_IMAGE" \
    --set router.enabled=true --set doze.enabled=true --set workers.hosted.allowPrivileged=true
  restart_operator_if_new
}

make_operator_image() {
  mkdir -p "$STATE/stamps" "$LOG"
  [[ -f $OPERATOR_ARCHIVE ]] || rm -f "$STATE/stamps/operator-image"
  part operator-image "the operator's image" "$root/pom.xml" "$root"/{crds,operator}/{pom.xml,src} "$TESTBED/lib/image.sh"
}

build_operator_image() {
  cd "$root" || return
  mvn --batch-mode --no-transfer-progress -DskipTests --projects operator --also-make package
}

load_operator_image() {
  local loaded=$CLUSTER/operator-image
  digest "$OPERATOR_ARCHIVE" >"$loaded.new"
  cmp -s "$loaded" "$loaded.new" || import_images "$OPERATOR_ARCHIVE"
}

# The tag does not change with the image, so Kubernetes does not see a new one.
restart_operator_if_new() {
  local loaded=$CLUSTER/operator-image
  if [[ -f $loaded ]] && ! cmp -s "$loaded" "$loaded.new"; then
    kubectl --namespace "$SYSTEM" rollout restart deployment --selector app.kubernetes.io/instance="$RELEASE"
    kubectl --namespace "$SYSTEM" rollout status deployment --selector app.kubernetes.io/instance="$RELEASE" --timeout 2m
  fi
  mv "$loaded.new" "$loaded"
}

install_operator() {
  local image=$1
  shift
  try helm upgrade --install "$RELEASE" "$root/helm/sandboxcluster-operator" --namespace "$SYSTEM" --create-namespace \
    --set image.repository="${image%:*}" --set image.tag="${image##*:}" "$@" --force-conflicts --wait --timeout 2m --hide-notes
}
