# shellcheck shell=bash
# Everything that the commands share.
for library in common image debian parts bed network namespace pki cluster control-plane machine worker; do
  # shellcheck source=/dev/null
  source "$(dirname "${BASH_SOURCE[0]}")/$library.sh"
done
