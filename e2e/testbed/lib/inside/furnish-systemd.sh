#!/usr/bin/env bash
# On a worker machine: a systemd that knows journald and no other unit.
# Argument: the PATH of the units.
set -euo pipefail

rm -rf /etc/systemd
mkdir -p /etc/systemd/system
cd /etc/systemd
printf '[Manager]\nDefaultEnvironment="PATH=%s"\n' "$1" >system.conf
printf '[Journal]\nStorage=volatile\nReadKMsg=no\n' >journald.conf
cd system
ln -s /lib/systemd/system/systemd-journald{.service,.socket,-dev-log.socket} .
printf '[Unit]\nDefaultDependencies=no\nWants=systemd-journald.service\nAfter=systemd-journald.service\n' >sysinit.target
printf '[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n' >basic.target
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\n' >multi-user.target
touch /run/systemd-settings-are-there
