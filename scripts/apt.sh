#!/usr/bin/env bash
# Brings what the browser tests need on Debian and Ubuntu; elsewhere, or without root, says what to install.
set -euo pipefail

packages=(firefox-esr chromium dbus-daemon libnotify4 fonts-dejavu-core)
missing=()
for package in "${packages[@]}"; do
    if ! dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
        missing+=("$package")
    fi
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "The browser tests need these programs; please install them: ${missing[*]}" >&2
    exit 1
elif [ "$(id -u)" -eq 0 ]; then
    root=()
elif sudo -n true 2>/dev/null; then
    root=(sudo)
else
    echo "The browser tests need packages that only root can install. Please run:" >&2
    echo "    sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
echo "== packages for the browser tests: ${missing[*]}"
"${root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
