#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make qemu-invlpgb: build/qemu-invlpgb/qemu-system-x86_64, Debian 12's QEMU 7.2 with
# invlpgb.patch. It finds its firmware where the distribution's own QEMU has it.
# Does nothing if it is there and newer than the patch. Status 2: cannot be built, and why.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/apt.sh"
me=qemu-invlpgb

suite=bookworm
out=$top/build/qemu-invlpgb
program=$out/qemu-system-x86_64
patch=$top/tools/qemu/invlpgb.patch
log=$out/log
firmware="/usr/share/qemu /usr/share/seabios"

if ! stale "$program" "$patch" "$top/tools/qemu/build.sh"; then
    note "${program#"$top/"} is up to date"
    exit 0
fi

# The installed QEMU is where the firmware comes from: QEMU= is no substitute.
QEMU='' "$top/tools/setup.sh" build qemu qemu-build
for file in bios-256k.bin pvh.bin linuxboot_dma.bin; do
    # shellcheck disable=SC2086 # a list
    find $firmware -maxdepth 1 -name "$file" 2>/dev/null | grep -q . ||
        die "no $file in $firmware: the build needs the firmware of the distribution's QEMU (Debian: qemu-system-data, seabios)"
done

mkdir -p "$out"
alone "$out" "waiting for another build of it"
stale "$program" "$patch" "$top/tools/qemu/build.sh" || exit 0
# These variables are not for building QEMU, and break its configure.
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS LDFLAGS
: >"$log"

fetch()
{
    mkdir -p "$out/source" && private_sources deb-src "$suite" || return 1
    (
        cd "$out/source" && private_apt get update && private_apt get --download-only source qemu &&
            touch .complete
    )
}

unpack()
{
    rm -rf "$out/tree"
    # The newest, if an earlier one was left behind.
    dsc=$(find "$out/source" -name 'qemu_*.dsc' -printf '%T@ %p\n' | sort -n | sed -n '$s/^[^ ]* //p')
    [ -n "$dsc" ] && dpkg-source --no-check --no-copy -x "$dsc" "$out/tree" &&
        patch --fuzz=0 -d "$out/tree" -p1 <"$patch"
}

configure()
{
    # shellcheck disable=SC2086 # a list
    mkdir "$out/tree/build" && cd "$out/tree/build" &&
        ../configure --target-list=x86_64-softmmu --without-default-features \
            --without-default-devices --with-devices-x86_64=invlpgb --enable-tcg \
            --enable-fdt=system --disable-install-blobs --disable-debug-info \
            --with-pkgversion="Debian $suite, invlpgb.patch" \
            --firmwarepath="$(printf '%s:' $firmware | sed 's/:$//')"
}

compile() { nice ninja -C "$out/tree/build" qemu-system-x86_64; }

# Check that the result runs and offers INVLPGB.
check()
{
    "$out/tree/build/qemu-system-x86_64" -cpu help | grep -qw invlpgb
}

command -v apt-get >/dev/null || die "the source package is fetched by apt-get, which this machine does not have"
[ -e "$out/source/.complete" ] || step "fetching the source package of QEMU from Debian $suite (24 MB)" fetch
step "unpacking and patching" unpack
step "configuring" configure
step "compiling: some four minutes on two CPUs; ${log#"$top/"} grows meanwhile" compile
step "checking" check
# Without qemu-bundle/ beside it, it looks for firmware where it was told to.
mv "$out/tree/build/qemu-system-x86_64" "$program"
touch "$program"
rm -rf "$out/tree" "$out/apt"
note "done: make run QEMU=${program#"$top/"} INVLPGB=hw"
