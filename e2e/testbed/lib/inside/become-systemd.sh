#!/usr/bin/env bash
# The first process of a worker machine with systemd. It waits for furnish-systemd, and sees no units but those of the
# machine.
# Argument: the path of systemd.
set -euo pipefail

until [[ -e /run/systemd-settings-are-there ]]; do sleep 0.1; done
exec env container=testbed SYSTEMD_UNIT_PATH=/etc/systemd/system "$1" --log-target=journal --unit=multi-user.target
