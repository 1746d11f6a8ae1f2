# shellcheck shell=bash
# The parts of the test bed. Each is built once and again when its inputs change.

GO_SOURCES=$TESTBED/go

# A Go of 1.21 or later is enough: it fetches the toolchain that a part wants.
find_go() {
  local go
  for go in go /usr/local/go/bin/go /usr/lib/go/bin/go; do
    if command -v "$go" >/dev/null && [[ $(GOTOOLCHAIN=local "$go" env GOVERSION) =~ ^go1\.(2[1-9]|[3-9][0-9]) ]]; then
      GO=$(command -v "$go")
      return
    fi
  done
  die "Go 1.21 or later is needed to build the test bed. On Debian 12, with
bookworm-backports enabled (https://wiki.debian.org/Backports):
    apt-get install -y -t bookworm-backports golang-go
or unpack an archive from https://go.dev/dl/ to /usr/local/go."
}

# required_version MODULE PART: the version that PART's go.mod asks for.
required_version() {
  awk -v module="$1" '$1 == module && $2 ~ /^v/ {print $2; exit}
    $1 == "require" && $2 == module {print $3; exit}' "$GO_SOURCES/$2/go.mod"
}

# go_build MODULE PACKAGE BINARY [LDFLAGS]
go_build() {
  go_in "$1" build -buildvcs=false -ldflags "-s -w ${4:-}" -o "$BIN/$3.new" "$2"
  mv "$BIN/$3.new" "$BIN/$3"
}

# go_in MODULE COMMAND...: with the same settings for all, so that each finds what another compiled.
go_in() {
  cd "$GO_SOURCES/$1" || return
  CGO_ENABLED=0 GOWORK=off GOFLAGS='-mod=readonly -trimpath' GOTOOLCHAIN=${TOOLCHAIN:-auto} "$GO" "${@:2}"
}

build_kubernetes() {
  local version
  version=$(required_version k8s.io/kubernetes kubernetes)
  go_build kubernetes ./host kubernetes "$(kubernetes_version_flags "$version")"
  local component
  for component in etcd kubectl kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet; do
    ln -sfn kubernetes "$BIN/$component"
  done
}

build_stand_in() {
  local version
  version=$(required_version k8s.io/kubernetes kubernetes)
  go_build kubernetes ./stand-in k3s-stand-in "$(kubernetes_version_flags "$version+k3s-stand-in")"
}

# Components of an unknown version refuse each other.
kubernetes_version_flags() {
  echo "-X k8s.io/component-base/version.gitVersion=$1 -X k8s.io/client-go/pkg/version.gitVersion=$1"
}

build_gvisor() {
  go_build gvisor gvisor.dev/gvisor/runsc runsc \
    "-X gvisor.dev/gvisor/runsc/version.version=$(required_version gvisor.dev/gvisor gvisor)"
}

SHIM_TOOLCHAIN=go1.25.5 # newer ones do not compile it

build_gvisor_shim() {
  local TOOLCHAIN=$SHIM_TOOLCHAIN
  go_build gvisor-shim . containerd-shim-runsc-v1
}

build_helm() { go_build addons helm.sh/helm/v4/cmd/helm helm; }

build_helm_image() { pack_program helm "$HELM_IMAGE" 65532:65532; }

build_coredns() {
  go_build addons ./coredns coredns
  pack_program coredns "$COREDNS_IMAGE" 65532:65532
}

build_pause() {
  go_build pause . pause
  pack_program pause "$PAUSE_IMAGE" 65535:65535
}

build_local_path() {
  go_build provisioners github.com/rancher/local-path-provisioner local-path-provisioner
  pack_program local-path-provisioner "$LOCAL_PATH_IMAGE" 65532:65532
}

build_metallb() {
  go_build provisioners go.universe.tf/metallb/controller metallb-controller
  pack_program metallb-controller "$METALLB_IMAGE" 65532:65532
}

build_kwok_if_new() { part kwok "kwok" "$GO_SOURCES"/kwok/go.*; }

build_kwok() { go_build kwok sigs.k8s.io/kwok/cmd/kwok kwok; }

# The layout of registry.k8s.io/kwok/kwok: kwok, and a userland with a shell, no user.
build_kwok_image() {
  local rootfs=$STATE/rootfs/kwok
  fresh_rootfs "$rootfs"
  mkdir -p "$rootfs"/{etc,tmp,usr/local/bin}
  with_userland "$rootfs"
  install -m 0755 "$BIN/kwok" "$rootfs/usr/local/bin/kwok"
  pack_image --rootfs "$rootfs" --ref "$KWOK_IMAGE" --out "$IMAGES/kwok.tar" \
    --entrypoint /usr/local/bin/kwok --env PATH=/usr/local/bin:/bin
  rm -rf "$rootfs"
}

# with_userland ROOTFS: busybox, and a name for each of its commands.
with_userland() {
  local applet
  mkdir -p "$1/bin"
  cp "$BIN/busybox" "$1/bin/busybox"
  for applet in $("$BIN/busybox" --list); do
    [[ $applet == busybox ]] || ln -s busybox "$1/bin/$applet"
  done
}

# pack_program BINARY REFERENCE USER: an image of that binary and nothing else.
pack_program() {
  local rootfs=$STATE/rootfs/$1
  fresh_rootfs "$rootfs"
  cp "$BIN/$1" "$rootfs/$1"
  pack_image --rootfs "$rootfs" --ref "$2" --out "$IMAGES/$1.tar" --entrypoint "/$1" --user "$3"
  rm -rf "$rootfs"
}

fresh_rootfs() {
  rm -rf "$1"
  mkdir -p "$1"
}

COREDNS_IMAGE=sandboxcluster.test/coredns:v1.15.0
PAUSE_IMAGE=sandboxcluster.test/pause:1
LOCAL_PATH_IMAGE=sandboxcluster.test/local-path-provisioner:v0.0.30
HELM_IMAGE=sandboxcluster.test/helm:v4
KWOK_IMAGE=sandboxcluster.test/kwok:v0.8.0
METALLB_IMAGE=sandboxcluster.test/metallb-controller:v0.16.2

# part NAME WHAT INPUT...: runs build_NAME unless it was built before from the
# same inputs (files, folders, or words that stand for themselves) the same way.
part() {
  local build=build_${1//-/_}
  once "$1" "build-$1" "building $2" "$build" \
    "${@:3}" "$(declare -f "$build" go_build go_in kubernetes_version_flags pack_image pack_k3s_image)"
}

# once STAMP LOG WHAT COMMAND INPUT...: runs COMMAND unless it succeeded before with the same inputs.
once() {
  local stamp=$STATE/stamps/$1 inputs
  inputs=$(fingerprint "${@:5}")
  [[ ! -f $stamp || $(<"$stamp") != "$inputs" ]] || return 0
  rm -f "$stamp"
  with_progress "$2" "$3" "$4"
  echo "$inputs" >"$stamp"
}

# fingerprint INPUT...
fingerprint() {
  local input
  for input in "$@"; do
    if [[ -d $input ]]; then
      find "$input" -type f -print0 | sort -z | xargs -0 sha256sum
    elif [[ -f $input ]]; then
      sha256sum "$input"
    else
      echo "$input"
    fi
  done | sed "s#$TESTBED/##" | sha256sum | cut -d' ' -f1
}

build_apiserver() {
  part kubernetes "Kubernetes and etcd (the longest: up to 10 minutes on 2 cores)" \
    "$GO_SOURCES"/kubernetes/go.* "$GO_SOURCES/kubernetes/host"
}

build_tools() {
  build_apiserver
  part helm helm "$GO_SOURCES"/addons/go.*
}

build_all() {
  local pack_program
  pack_program=$(declare -f pack_program)
  build_tools
  part debian "containerd, runc, CNI plugins and busybox from Debian" "${UNPACKED[*]}"
  part gvisor "gVisor" "$GO_SOURCES/gvisor"
  part gvisor-shim "gVisor's shim" "$GO_SOURCES/gvisor-shim" "$SHIM_TOOLCHAIN"
  part helm-image "the image of Helm" "$(<"$STATE/stamps/helm")" "$pack_program" "$HELM_IMAGE"
  part pause "the pause image" "$GO_SOURCES/pause" "$pack_program"
  part coredns "the CoreDNS image" "$GO_SOURCES"/addons/go.* "$GO_SOURCES/addons/coredns" "$pack_program"
  build_kwok_if_new
  part kwok-image "the image of kwok" "$(<"$STATE/stamps/kwok")" "$(declare -f with_userland)" "$KWOK_IMAGE"
  part local-path "the image of local-path-provisioner" "$GO_SOURCES"/provisioners/go.* "$pack_program"
  part metallb "the image of MetalLB's controller" "$GO_SOURCES/provisioners" "$pack_program"
  build_worker_images
  build_control_plane_image
}
