require_no_arguments() {
  [ $# = 0 ] || die "usage: leave.sh, without arguments"
  [ "$(id -u)" = 0 ] || die "not root: run this with sudo."
}

say_nothing_is_left() { printf 'This machine has not joined, or has left already.\n'; }

remove() {
  for file in "$@"; do
    if [ -e "$ROOT$file" ] || [ -L "$ROOT$file" ]; then
      rm -rf "$ROOT$file"
      printf 'removed %s\n' "$file"
    fi
  done
}
