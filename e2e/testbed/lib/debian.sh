# shellcheck shell=bash
# What comes from Debian. Commands are installed; containerd and its company
# are only unpacked beside the other parts, so no service is ever started.

require_commands() {
  local missing=() pair
  for pair in ip:iproute2 iptables:iptables nsenter:util-linux openssl:openssl flock:util-linux; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  ((${#missing[@]} == 0)) || with_progress debian "installing Debian packages: ${missing[*]}" install_packages "${missing[@]}"
}

install_packages() {
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

UNPACKED=(containerd runc containernetworking-plugins busybox-static)

build_debian() {
  unpack_packages debian "${UNPACKED[@]}"
  ln -sfn ../debian/usr/bin/{containerd,containerd-shim-runc-v2,ctr} ../debian/usr/sbin/runc ../debian/bin/busybox "$BIN/"
}

build_shellcheck() {
  unpack_packages shellcheck shellcheck
  ln -sfn ../shellcheck/usr/bin/shellcheck "$BIN/"
}

# unpack_packages FOLDER PACKAGE...: into that folder of $STATE.
unpack_packages() {
  local folder=$STATE/$1 scratch=$STATE/$1.new package
  shift
  rm -rf "$scratch"
  mkdir -p "$scratch"
  cd "$scratch" || return
  apt-get download -q -o APT::Sandbox::User=root "$@" ||
    { apt-get update -q && apt-get download -q -o APT::Sandbox::User=root "$@"; }
  for package in *.deb; do
    dpkg-deb --extract "$package" "$scratch"
  done
  rm -- *.deb
  rm -rf "$folder"
  mv "$scratch" "$folder"
}
