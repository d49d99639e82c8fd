#!/usr/bin/env bash
# The gate: Snow's echo server must pass the Autobahn suite, sections 1-7, 9 and 10, without exclusions.
#
# usage: gate.sh [CASES ...]        default: core limits
# SNOWC: the compiler to use; without it a release build of this repository's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
[ $# -gt 0 ] || set -- core limits

snowc=${SNOWC:-}
if [ -z "$snowc" ]; then
  (cd "$top" && cargo build --release --workspace --bin snowc)
  snowc=${CARGO_TARGET_DIR:-$top/target}/release/snowc
fi
"$here/run.sh" --setup

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
log=$(mktemp)
# 9.3.1 and 9.4.1 send 65,536 fragments of a 4 MiB message, each charged 64 bytes on top.
PORT=$port WS_MAX_MESSAGE_BYTES=16777216 \
  "$snowc" run "$top/stdlib/ws/examples/echo.snow" >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -f "$log"' EXIT

started=
for _ in $(seq 150); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then started=1; break; fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
if [ -z "$started" ]; then
  echo "gate.sh: the echo server does not listen on port $port; it said:" >&2
  cat "$log" >&2
  exit 1
fi

status=0
for cases in "$@"; do
  echo "== autobahn: $cases"
  "$here/run.sh" 127.0.0.1 "$port" "$cases" || status=1
  if ! kill -0 "$server" 2>/dev/null; then
    echo "gate.sh: the server ended during $cases; it said:" >&2
    tail -20 "$log" >&2
    status=1
    break
  fi
done
[ "$status" -eq 0 ] || { echo "gate.sh: what the server said:"; tail -20 "$log"; } >&2
exit "$status"
