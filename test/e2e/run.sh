#!/usr/bin/env bash
# The end-to-end tests: real programs around the built gate. Installs what this machine lacks, starts
# nothing but what the tests start themselves. Run by `npm run test:e2e`, which builds first.
set -euo pipefail
cd "$(dirname "$0")/../.."

# nginx is the upstream, curl the client, openssl makes a certificate. nginx-light brings the echo module.
missing=()
command -v curl >/dev/null || missing+=(curl)
command -v openssl >/dev/null || missing+=(openssl)
PATH="$PATH:/usr/sbin"
command -v nginx >/dev/null && [ -e /usr/lib/nginx/modules/ngx_http_echo_module.so ] || missing+=(nginx-light)
# Services that get their headers as CGI variables, and what scrapes the metrics.
command -v lighttpd >/dev/null || missing+=(lighttpd)
command -v php-cgi >/dev/null || missing+=(php-cgi)
command -v python3 >/dev/null || missing+=(python3)
command -v gunicorn >/dev/null || missing+=(gunicorn)
for program in podman buildah runc debootstrap; do
  command -v "$program" >/dev/null || missing+=("$program")
done
command -v prometheus >/dev/null && command -v promtool >/dev/null || missing+=(prometheus)
# A browser, for WebSockets of pages.
command -v chromium >/dev/null || missing+=(chromium)

if [ "${#missing[@]}" -gt 0 ]; then
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "test/e2e/run.sh: please install: ${missing[*]} (nginx with its echo module)" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  # Debian starts a service once it is installed, unless this file says no.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq </dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
fi

# The emulator and the SDK are far larger than the gate: they are installed here only.
if ! cmp -s test/e2e/package-lock.json test/e2e/node_modules/.installed-lock; then
  (cd test/e2e && npm ci --no-audit --no-fund --loglevel=error)
  cp test/e2e/package-lock.json test/e2e/node_modules/.installed-lock
fi

shopt -s nullglob
tap() { npx tap --disable-coverage --timeout=300 "$@"; }

if [ "$#" -gt 0 ]; then
  tap --jobs=1 "$@"
  exit
fi

# Most files wait for programs and go two at a time. What measures memory, or needs all of a small
# machine to be in time, runs by itself.
together=()
alone=()
for file in test/e2e/*.test.ts; do
  case "$file" in
    */memory.* | */websocket-load.* | */keys-flood.* | */keys-failures.*) alone+=("$file") ;;
    *) together+=("$file") ;;
  esac
done
tap --jobs=2 "${together[@]}"
# Its results stand in a file of their own beside the first one's.
if [ -n "${TAP_OUTPUT_FILE:-}" ]; then export TAP_OUTPUT_FILE="${TAP_OUTPUT_FILE%.tap}-alone.tap"; fi
tap --jobs=1 "${alone[@]}"
