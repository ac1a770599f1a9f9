#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# kernel.sh [SUITE]: prints build/linux-kernel/SUITE, with the kernel that Debian's SUITE (the running
# release) has for virtual machines, unpacked, not installed: vmlinuz, version, and its modules
# in root. Remove that directory to look for a newer one. Nothing needs root, /etc/apt is left
# alone. Status 2: it cannot be had, and why.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/apt.sh"
me=linux

suite=${1:-$(own_suite)}
[ -n "$suite" ] ||
    die "this machine runs no Debian: name the suite, as in LINUX=debian:trixie-backports, or a kernel, KERNEL=bzImage"
case $suite in
*[!a-z0-9.-]* | [!a-z]*) die "LINUX=debian:$suite: no name of a suite" ;;
esac
subject="the kernel of Debian $suite"
keep=$top/build/linux-kernel
kernel=$keep/$suite
out=$keep/$suite.fetch
log=$keep/$suite.log
meta=linux-image-cloud-amd64

# known: prints the directory if it is there.
known() { [ -e "$kernel/version" ] && echo "$kernel"; }

if known; then
    exit 0
fi
need_apt "; KERNEL=bzImage takes one that is there"
alone "$keep"
if known; then
    exit 0
fi
need_room 250 "$keep"
rm -rf "$out" "$kernel"
mkdir -p "$out/kernel"
trap 'rm -rf "$out"' EXIT
: >"$log"

# From some version on the kernel and its modules are packages of their own.
find_packages()
{
    image=$(depends "$meta" 'linux-image-[0-9][^ ]*' | sed -n 1p)
    [ -n "$image" ] || return 1
    parts=$(depends "$image" 'linux-\(binary\|modules\)-[0-9][^ ]*' | sort -u)
}

unpack()
{
    for deb in "$out"/*.deb; do
        dpkg-deb -x "$deb" "$out/kernel/root" || return 1
    done
    cd "$out/kernel" || return 1
    there=$(find root/boot root/usr/lib/modules \( -name vmlinuz -o -name 'vmlinuz-*' \) 2>/dev/null | sed -n 1p)
    [ -n "$there" ] && ln -s "$there" vmlinuz || return 1
    suite_apt cache show --no-all-versions "$image" | sed -n 's/^Version: //p' >version
    [ -s version ]
}

try "reading the package lists of Debian $suite" suite_lists "$suite"
find_packages || die "$subject: this suite has no package $meta"
# shellcheck disable=SC2086 # a list
try "fetching $image (30 MB)" download "$image" $parts
try "unpacking it" unpack
mv "$out/kernel" "$kernel"
known
