#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# For make check-kvm: Debian's cloud kernel (KVM as modules), as tools/linux/kernel.sh has it, linked to
# by build/kvm/kernel, and build/kvm/busybox, static; unpacked, not installed. Nothing needs root.
# Does nothing if they are there. Status 2: they cannot be had, and why.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/apt.sh"
me=check-kvm

keep=$top/build/kvm
out=$keep/fetch
log=$keep/log
suite=$(own_suite)
suite=${suite:-bookworm}
subject="busybox-static of Debian $suite"

[ ! -x "$keep/busybox" ] || [ ! -e "$keep/kernel/vmlinuz" ] || exit 0
"$top/tools/linux/kernel.sh" "$suite" >/dev/null
alone "$keep"
ln -sfn "../linux-kernel/$suite" "$keep/kernel"
[ ! -x "$keep/busybox" ] || exit 0
rm -rf "$out"
mkdir -p "$out"
trap 'rm -rf "$out"' EXIT
: >"$log"

unpack() { dpkg-deb -x "$out"/*.deb "$out/root" && mv "$(find "$out/root" -type f -path "*/bin/busybox")" "$keep"; }

try "reading the package lists of Debian $suite" suite_lists "$suite"
try "fetching busybox-static (1 MB)" download busybox-static
try "unpacking it" unpack
