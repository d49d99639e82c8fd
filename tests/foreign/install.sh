#!/usr/bin/env bash
# Installs what the tests of this folder meet the server with, and prints the folder of what is not Debian's.
#
# usage: install.sh        (as root, or with everything of Debian's there already)
# FOREIGN_CACHE: that folder; default ${XDG_CACHE_HOME:-$HOME/.cache}/snow-foreign
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${FOREIGN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/snow-foreign}
mkdir -p "$cache"
log=$cache/install.log
exec 9>"$cache/lock"
flock 9
: >"$log"
trap '[ $? -eq 0 ] || { tail -25 "$log"; echo "install.sh: failed, see $log"; } >&2' EXIT

# Command and Debian's package.
wanted=()
for pair in chromium:chromium openssl:openssl nginx:nginx haproxy:haproxy node:nodejs npm:npm; do
  PATH=$PATH:/usr/sbin command -v "${pair%%:*}" >/dev/null || wanted+=("${pair#*:}")
done
if [ ${#wanted[@]} -gt 0 ]; then
  {
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${wanted[@]}"
  } >>"$log" 2>&1
fi

stamp=$({ cat "$here/requirements.txt" "$here/package.json"; python3 -V; node --version; } | sha256sum | cut -c1-16)
if [ "$(cat "$cache/ready" 2>/dev/null)" != "$stamp" ]; then
  rm -rf "$cache/venv" "$cache/node_modules" "$cache/ready"
  {
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/python" -m pip --disable-pip-version-check install -r "$here/requirements.txt"
    cp "$here/package.json" "$cache"
    npm install --prefix "$cache" --no-audit --no-fund --omit=dev
  } >>"$log" 2>&1
  echo "$stamp" >"$cache/ready"
fi
echo "$cache"
