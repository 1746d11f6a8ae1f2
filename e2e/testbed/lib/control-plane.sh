# shellcheck shell=bash
# The image of the sandboxes' control planes: made from the k3s binary that
# K3S_BINARY names, or K3S_IMAGE (an archive or a reference), or the stand-in.

CONTROL_PLANE_TAG=v1.33.5-k3s1
K3S_PREFIX=sandboxcluster.test

control_plane_kind() {
  [[ -n ${K3S_BINARY:-}${K3S_IMAGE:-} ]] && echo k3s || echo stand-in
}

build_control_plane_image() {
  if [[ -n ${K3S_BINARY:-} ]]; then
    [[ -f $K3S_BINARY ]] || die "K3S_BINARY=$K3S_BINARY: no such file"
    part k3s-image "the control-plane image from $K3S_BINARY" "$(stat -L -c '%n %s %Y' "$K3S_BINARY")" \
      "$(node_parts_inputs)" "$TESTBED"/lib/inside/{containerd,flannel} "$(declare -f unpack_k3s)"
  elif [[ -z ${K3S_IMAGE:-} ]]; then
    build_stand_in_if_new
    part stand-in-agent "what stands in for k3s's agent" "$GO_SOURCES"/kubernetes/{go.*,agent}
    part stand-in-image "the stand-in's image" "$(<"$STATE/stamps/stand-in")" "$(<"$STATE/stamps/stand-in-agent")" \
      "$(node_parts_inputs)"
  fi
}

build_stand_in_if_new() {
  part stand-in "the control plane that stands in for k3s" "$GO_SOURCES"/kubernetes/go.* \
    "$GO_SOURCES"/kubernetes/stand-in/*.{go,yaml}
}

build_k3s_image() {
  local name unpacked=$STATE/rootfs/unpacked-k3s
  fresh_k3s_rootfs k3s "$K3S_BINARY"
  # Of flannel's plugin there is but what it does.
  install -m 0755 "$TESTBED/lib/inside/flannel" "$rootfs/bin/flannel"
  if unpack_k3s "$unpacked"; then
    cp -a --remove-destination "$unpacked/data/current/bin/." "$rootfs/bin/"
  else
    for name in containerd crictl ctr kubectl; do
      ln -sf k3s "$rootfs/bin/$name"
    done
  fi
  rm -rf "$unpacked"
  mkdir -p "$rootfs/opt/k3s"
  ln -s /bin/k3s "$rootfs/opt/k3s/containerd"
  rm "$rootfs/bin/containerd"
  install -m 0755 "$TESTBED/lib/inside/containerd" "$rootfs/bin/containerd"
  pack_k3s_image k3s
}

# unpack_k3s FOLDER: what a k3s that was released holds: it unpacks that wherever it runs, and rancher/k3s has it in /bin.
# One that was only compiled holds nothing.
unpack_k3s() {
  fresh_rootfs "$1"
  K3S_DATA_DIR=$1 "$K3S_BINARY" ctr --version || true
  [[ -e $1/data/current/bin/k3s ]]
}

build_stand_in_image() {
  fresh_k3s_rootfs k3s-stand-in "$BIN/k3s-stand-in"
  install -m 0755 "$BIN/k3s-stand-in-agent" "$rootfs/bin/k3s-agent"
  cp -L "$BIN/containerd" "$rootfs/bin/"
  pack_k3s_image k3s-stand-in
}

# fresh_k3s_rootfs NAME K3S: sets `rootfs`, with the layout of rancher/k3s: all in /bin, no user but root.
fresh_k3s_rootfs() {
  rootfs=$STATE/rootfs/$1
  fresh_rootfs "$rootfs"
  mkdir -p "$rootfs"/{etc,tmp,var}
  chmod 1777 "$rootfs/tmp"
  with_userland "$rootfs"
  echo root:x:0:0:root:/:/bin/sh >"$rootfs/etc/passwd"
  echo root:x:0: >"$rootfs/etc/group"
  install -m 0755 "$2" "$rootfs/bin/k3s"
  with_node_parts "$rootfs"
}

NODE_PROGRAMS=("$BIN"/{containerd-shim-runc-v2,ctr,runc} "$STATE"/debian/usr/lib/cni/{bridge,host-local,loopback,portmap,ptp})
PACKET_FILTER=/usr/sbin/xtables-nft-multi
PACKET_FILTER_MODULES=/usr/lib/$(uname -m)-linux-gnu/xtables

# What a node needs besides k3s, and rancher/k3s has: of Debian, with the libraries that its programs are linked with.
with_node_parts() {
  local name
  cp -L "${NODE_PROGRAMS[@]}" "$PACKET_FILTER" "$1/bin/"
  for name in ip{,6}tables{,-save,-restore}; do
    ln -s xtables-nft-multi "$1/bin/$name"
  done
  mkdir -p "$1$PACKET_FILTER_MODULES"
  cp "$PACKET_FILTER_MODULES"/*.so "$1$PACKET_FILTER_MODULES/"
  ldd "$BIN"/{containerd,runc} "$PACKET_FILTER" "$PACKET_FILTER_MODULES"/*.so | sed -n 's/.*[ \t]\(\/[^ ]*\) (0x.*/\1/p' | sort -u |
    while read -r name; do
      mkdir -p "$1${name%/*}"
      [[ -e $1$name ]] || cp -L "$name" "$1$name"
    done
}

# Those of them that aren't files of the bed's.
node_parts_inputs() {
  cat "$STATE/stamps/debian"
  sha256sum "$PACKET_FILTER"
  declare -f fresh_k3s_rootfs with_node_parts with_userland
}

build_stand_in_agent() {
  local version
  version=$(required_version k8s.io/kubernetes kubernetes)
  go_build kubernetes ./agent k3s-stand-in-agent "$(kubernetes_version_flags "$version+k3s-stand-in")"
}

# pack_k3s_image NAME: of `rootfs`.
pack_k3s_image() {
  pack_image --rootfs "$rootfs" --ref "$K3S_PREFIX/$1:$CONTROL_PLANE_TAG" --out "$IMAGES/$1.tar" \
    --entrypoint /bin/k3s --env PATH=/bin
  rm -rf "$rootfs"
}

# Puts the wanted image into the bed, if it is not there, and notes which it is.
load_control_plane_image() {
  local reference another
  if [[ -n ${K3S_BINARY:-} ]]; then
    reference=$K3S_PREFIX/k3s:$CONTROL_PLANE_TAG
    import_if_new k3s-image "$IMAGES/k3s.tar"
  elif [[ -f ${K3S_IMAGE:-} ]]; then
    reference=$(archive_reference "$K3S_IMAGE")
    import_images "$K3S_IMAGE"
  elif [[ -n ${K3S_IMAGE:-} ]]; then
    reference=$(full_reference "$K3S_IMAGE")
    [[ -n $(ctr_images list --quiet "name==$reference") ]] ||
      with_progress pull "pulling $reference" ctr_images pull "$reference"
  else
    reference=$K3S_PREFIX/k3s-stand-in:$CONTROL_PLANE_TAG
    import_if_new stand-in-image "$IMAGES/k3s-stand-in.tar"
  fi
  # The same under the name of another release: what a change of version does is not up to what changed in k3s.
  another=${reference%-k3s*}-k3s9
  ctr_images tag --force "$reference" "$another" >/dev/null
  {
    printf 'CONTROL_PLANE_REPOSITORY=%q\n' "${reference%:*}"
    printf 'CONTROL_PLANE_TAG=%q\n' "${reference##*:}"
    printf 'CONTROL_PLANE_ANOTHER_TAG=%q\n' "${another##*:}"
    printf 'CONTROL_PLANE_KIND=%q\n' "$(control_plane_kind)"
  } >"$CLUSTER/control-plane"
}

# import_if_new PART ARCHIVE
import_if_new() {
  local imported=$CLUSTER/imported-$1
  if ! cmp -s "$STATE/stamps/$1" "$imported"; then
    import_images "$2"
    cp "$STATE/stamps/$1" "$imported"
  fi
}

archive_reference() {
  local reference
  reference=$(tar -xOf "$1" manifest.json | grep -o '"RepoTags": *\["[^"]*"' | cut -d'"' -f4)
  [[ -n $reference ]] || die "$1: not a docker archive with a tagged image"
  full_reference "$reference"
}

# As containerd names it: rancher/k3s:tag is docker.io/rancher/k3s:tag.
full_reference() {
  local reference=$1 first=${1%%/*}
  [[ ${reference##*/} == *:* ]] || die "$reference: a tag is needed"
  if [[ $reference != */* ]]; then
    reference=docker.io/library/$reference
  elif [[ $first != *[.:]* && $first != localhost ]]; then
    reference=docker.io/$reference
  fi
  echo "$reference"
}
