#!/usr/bin/env bash
# The gate: Snow's echo server must pass the Autobahn suite, sections 1-7, 9 and 10, without exclusions, strictly; over
# TLS, too.
#
# usage: gate.sh [CASES ...]        default: core limits
# SNOWC: the compiler to use; without it a release build of this repository's.
# AUTOBAHN_SCHEME: ws or wss, for one of them alone; without it both.
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

log=$(mktemp)
certificate=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  server=
}
trap 'stop; rm -rf "$log" "$certificate"' EXIT

# Runs the cases against the example that speaks this scheme.
gate() {
  local scheme=$1 example=echo port started= status=0
  shift
  if [ "$scheme" = wss ]; then
    example=echo_tls
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
      -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
      -keyout "$certificate/key.pem" -out "$certificate/cert.pem" 2>"$log" || { cat "$log" >&2; return 1; }
  fi
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  # 9.3.1 and 9.4.1 send 65,536 fragments of a 4 MiB message, and each costs 64 bytes at least.
  PORT=$port WS_MAX_MESSAGE_BYTES=16777216 WS_CERT=$certificate/cert.pem WS_KEY=$certificate/key.pem \
    "$snowc" run "$top/stdlib/ws/examples/$example.snow" >"$log" 2>&1 &
  server=$!
  for _ in $(seq 150); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then started=1; break; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  if [ -z "$started" ]; then
    echo "gate.sh: the server of $scheme does not listen on port $port; it said:" >&2
    cat "$log" >&2
    return 1
  fi
  for cases in "$@"; do
    echo "== autobahn over $scheme: $cases"
    AUTOBAHN_SCHEME=$scheme AUTOBAHN_STRICT=1 "$here/run.sh" 127.0.0.1 "$port" "$cases" || status=1
    if ! kill -0 "$server" 2>/dev/null; then
      echo "gate.sh: the server ended during $cases over $scheme" >&2
      status=1
      break
    fi
  done
  [ "$status" -eq 0 ] || { echo "gate.sh: what the server said:"; tail -20 "$log"; } >&2
  stop
  return "$status"
}

status=0
for scheme in ${AUTOBAHN_SCHEME:-ws wss}; do
  gate "$scheme" "$@" || status=1
done
exit "$status"
