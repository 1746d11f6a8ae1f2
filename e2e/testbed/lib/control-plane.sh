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
    part k3s-image "the control-plane image from $K3S_BINARY" "$(stat -L -c '%n %s %Y' "$K3S_BINARY")"
  elif [[ -z ${K3S_IMAGE:-} ]]; then
    build_stand_in_if_new
    part stand-in-image "the stand-in's image" "$(<"$STATE/stamps/stand-in")"
  fi
}

build_stand_in_if_new() {
  part stand-in "the control plane that stands in for k3s" "$GO_SOURCES"/kubernetes/go.* \
    "$GO_SOURCES"/kubernetes/stand-in/*.{go,yaml}
}

build_k3s_image() { pack_k3s_image "$K3S_BINARY" k3s; }
build_stand_in_image() { pack_k3s_image "$BIN/k3s-stand-in" k3s-stand-in; }

# The layout of rancher/k3s: k3s, busybox and host-local (a server with flannel asks for it), no user.
pack_k3s_image() {
  local rootfs=$STATE/rootfs/$2 applet
  fresh_rootfs "$rootfs"
  mkdir -p "$rootfs"/{bin,etc,tmp,var}
  chmod 1777 "$rootfs/tmp"
  install -m 0755 "$1" "$rootfs/bin/k3s"
  cp "$BIN/busybox" "$rootfs/bin/busybox"
  cp "$STATE/debian/usr/lib/cni/host-local" "$rootfs/bin/host-local"
  for applet in $("$BIN/busybox" --list); do
    [[ $applet == busybox ]] || ln -s busybox "$rootfs/bin/$applet"
  done
  pack_image --rootfs "$rootfs" --ref "$K3S_PREFIX/$2:$CONTROL_PLANE_TAG" --out "$IMAGES/$2.tar" \
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
