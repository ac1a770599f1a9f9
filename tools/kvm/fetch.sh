#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# For make check-kvm: build/kvm/root, Debian's cloud kernel (KVM as modules) and a static busybox,
# unpacked, not installed. Nothing needs root. Does nothing if they are there. Status 2: they
# cannot be had, and why.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/apt.sh"
me=check-kvm

out=$top/build/kvm
root=$out/root
log=$out/log
meta=linux-image-cloud-amd64

[ ! -e "$root/.complete" ] || exit 0
for tool in apt-get apt-cache dpkg-deb; do
    command -v "$tool" >/dev/null ||
        die "the host kernel is Debian's, fetched by apt-get; this machine has no $tool"
done

alone "$out"
[ ! -e "$root/.complete" ] || exit 0
: >"$log"
rm -rf "$root" "$out/debs"
mkdir -p "$root" "$out/debs"

# download PREFIX: the packages, by PREFIX get and PREFIX cache.
download()
{
    cd "$out/debs" || return 1
    kernel=$("$1" cache depends "$meta" | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\).*/\1/p' | sed -n 1p)
    [ -n "$kernel" ] && "$1" get download "$kernel" busybox-static
}

own_apt()
{
    program=apt-$1
    shift
    "$program" -q "$@"
}

# The machine's own package lists if they are enough; else fetch lists.
fetch()
{
    (download own_apt) && return 0
    # shellcheck source=/dev/null
    suite=$(. /etc/os-release 2>/dev/null && [ "$ID" = debian ] && echo "${VERSION_CODENAME-}")
    private_sources deb "${suite:-bookworm}" && private_apt get update && (download private_apt)
}

unpack()
{
    for deb in "$out"/debs/*.deb; do
        dpkg-deb -x "$deb" "$root" || return 1
    done
    touch "$root/.complete"
}

step "fetching Debian's cloud kernel and busybox (30 MB)" fetch
step "unpacking" unpack
rm -rf "$out/debs" "$out/apt"
