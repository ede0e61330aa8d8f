#!/usr/bin/env bash
# Brings what the tests (or, with the argument "send", the benchmark of senders) need on Debian and Ubuntu; elsewhere,
# or without root, says what to install.
set -euo pipefail

what="the tests"
packages=(firefox-esr chromium dbus-daemon libnotify4 fonts-dejavu-core nginx-light nghttp2-server)
if [ "${1:-}" = send ]; then
    what="the benchmark of senders"
    packages=(nginx-light libnginx-mod-http-echo nghttp2-client gcc libc6-dev libssl-dev)
fi
missing=()
for package in "${packages[@]}"; do
    if ! dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
        missing+=("$package")
    fi
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "${what^} need these programs; please install them: ${missing[*]}" >&2
    exit 1
elif [ "$(id -u)" -eq 0 ]; then
    root=()
elif sudo -n true 2>/dev/null; then
    root=(sudo)
else
    echo "${what^} need packages that only root can install. Please run:" >&2
    echo "    sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
echo "== packages for $what: ${missing[*]}"
"${root[@]}" apt-get update -qq
# RUNLEVEL=1: as while the machine starts, so that nginx is installed but not started
"${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
