#!/usr/bin/env bash
# Makes the two base images of the Dockerfile where no registry of images can be reached: Debian's
# packages from its mirror, Node.js and npm from the npm registry, put together as the real ones are.
# They stay in the storage that CONTAINERS_STORAGE_CONF names. Exit code 69: not to be had here.
set -euo pipefail

build_image=docker.io/library/node:24-trixie-slim
run_image=gcr.io/distroless/nodejs24-debian13:nonroot
# The mirror that this machine itself uses, unless another is named.
mirror="${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)}"
ca_bundle="${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}"
label=cognito-gate.stand-in

# In a storage of its own only: elsewhere a false image would bear a well-known name.
: "${CONTAINERS_STORAGE_CONF:?must name the storage of the end-to-end tests}"

unavailable() {
  echo "container-base.sh: $1" >&2
  exit 69
}

# What the images are made of; another script, certificate or registry makes them anew.
registry="$(npm config get registry --loglevel=error)"
[ -r "$ca_bundle" ] || ca_bundle=/dev/null
made_of="$({ cat "$0" "$ca_bundle" && echo "$mirror $registry"; } | sha256sum | cut -d' ' -f1)"
is_made() {
  [ "$(podman image inspect --format "{{index .Labels \"$label\"}}" "$1" 2>/dev/null)" = "$made_of" ]
}
if is_made "$build_image" && is_made "$run_image"; then exit 0; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
build="$work/build"
run="$work/run"

# Unpacked only, which needs no more than root: nothing of it is ever configured or started.
extra=ca-certificates,libatomic1,libgomp1,media-types,netbase
debootstrap --foreign --variant=minbase --include="$extra" trixie "$build" "$mirror" >"$work/log" 2>&1 ||
  unavailable "debootstrap: $(tail -n 1 "$work/log")"
for package in "node-linux-$(node -p process.arch)@24" npm@11; do
  npm pack --silent --pack-destination "$work" "$package" >"$work/log" 2>&1 ||
    unavailable "npm pack $package: $(tail -n 1 "$work/log")"
done
mkdir "$work/node" "$work/npm"
tar -xzf "$work"/node-linux-*.tgz -C "$work/node" --strip-components=1 --no-same-owner
tar -xzf "$work"/npm-*.tgz -C "$work/npm" --strip-components=1 --no-same-owner

# The image to run on: the packages of distroless, unpacked, each named in status.d; Node.js; a user.
debs="$build/var/cache/apt/archives"
mkdir -p "$run/var/lib/dpkg/status.d" "$run/etc/ssl/certs" "$run/nodejs/bin"
for name in base-files netbase tzdata media-types libc6 libssl3t64 libzstd1 zlib1g \
  libgcc-s1 libgomp1 libstdc++6; do
  dpkg-deb --extract "$debs/${name}"_*.deb "$run"
  dpkg-deb --field "$debs/${name}"_*.deb >"$run/var/lib/dpkg/status.d/$name"
done
dpkg-deb --extract "$debs"/ca-certificates_*.deb "$work/ca"
find "$work/ca/usr/share/ca-certificates" -name '*.crt' -exec cat {} + \
  >"$run/etc/ssl/certs/ca-certificates.crt"
printf '%s\n' root:x:0:0:root:/root:/sbin/nologin nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin \
  nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin >"$run/etc/passwd"
printf '%s\n' root:x:0: nobody:x:65534: nonroot:x:65532: >"$run/etc/group"
install -d -m 1777 "$run/tmp"
install -d -m 700 -o 65532 -g 65532 "$run/home/nonroot"
install "$work/node/bin/node" "$run/nodejs/bin/node"

# The image to build on: a whole Debian, npm, and the certificates that this machine trusts.
# debootstrap leaves links to this machine's /proc and its like.
rm -rf "${build:?}"/{debootstrap,dev,proc,sys} "$debs"
mkdir "$build"/{dev,proc,sys}
cp "$build/usr/share/base-passwd/passwd.master" "$build/etc/passwd"
cp "$build/usr/share/base-passwd/group.master" "$build/etc/group"
mkdir -p "$build/etc/ssl/certs" "$build/usr/local/lib/node_modules"
cp "$ca_bundle" "$build/etc/ssl/certs/ca-certificates.crt"
install -D "$work/node/bin/node" "$build/usr/local/bin/node"
mv "$work/npm" "$build/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$build/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$build/usr/local/bin/npx"

# import_image NAME ROOT CHANGE…
import_image() {
  local name="$1" root="$2" changes=()
  shift 2
  for change in "LABEL $label=$made_of" "$@"; do changes+=(--change "$change"); done
  tar -C "$root" --numeric-owner -c . | podman import --quiet "${changes[@]}" - "$name" >/dev/null
}
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
import_image "$build_image" "$build" "ENV PATH=$path" 'CMD ["node"]' \
  'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' "ENV npm_config_registry=$registry"
import_image "$run_image" "$run" "ENV PATH=$path" 'ENTRYPOINT ["/nodejs/bin/node"]' \
  'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' 'USER 65532' 'WORKDIR /home/nonroot'
# Those that the names have been taken from.
podman image prune --force >/dev/null
