#!/usr/bin/env bash
# Says what this machine lacks before anything is fetched. Usage: need.sh PYTHON
set -euo pipefail

fail() {
    echo "$1" >&2
    exit 1
}

"$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "Python 3.11 or newer is needed; name another one with: make PYTHON=/path/to/python3"
"$1" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$1 has no venv module; on Debian and Ubuntu: apt-get install python3-venv"
command -v node >/dev/null && command -v npm >/dev/null ||
    fail "Node 20 or newer with npm is needed (the CDK is written for it)"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] ||
    fail "Node 20 or newer is needed; this is $(node --version)"
