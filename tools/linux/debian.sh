#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# debian.sh [SUITE]: prints the directory with the sources of Linux that Debian's SUITE (the running
# release) packages: build/linux-src-VERSION, unpacked, not installed. build/linux-debian/SUITE keeps
# which version that was: remove it to look for a newer one. Nothing needs root, /etc/apt is left
# alone. Status 2: it cannot be had, and why.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/apt.sh"
. "$top/tools/linux/lib.sh"
me=linux

suite=${1:-$(own_suite)}
[ -n "$suite" ] ||
    die "LINUX=debian is for a machine that runs Debian; name the suite, as in LINUX=debian:trixie-backports"
case $suite in
*[!a-z0-9.-]* | [!a-z]*) die "LINUX=debian:$suite: no name of a suite" ;;
esac

keep=$top/build/linux-debian
out=$keep/$suite.fetch
log=$keep/$suite.log
megabytes=700 # the package, 170, beside what is taken from it, 260

# known: prints the directory if it is there.
known()
{
    [ -e "$keep/$suite" ] && tree=$top/build/linux-src-$(cat "$keep/$suite") && [ -e "$tree/.package" ] &&
        echo "$tree"
}

if known; then
    exit 0
fi
subject=LINUX=debian:$suite
need_apt ": name a directory"
alone "$keep"
if known; then
    exit 0
fi
need_room "$megabytes" "$keep"
rm -rf "$out"
mkdir -p "$out"
trap 'rm -rf "$out"' EXIT
: >"$log"

# The package that the meta package linux-source stands for.
newest()
{
    package=$(depends linux-source 'linux-source-[0-9][0-9.]*' | sed -n 1p)
    [ -n "$package" ] || return 1
    version=$(suite_apt cache show --no-all-versions "$package" 2>>"$log" | sed -n 's/^Version: //p')
    [ -n "$version" ]
}

# What no configuration for x86 compiles: 1.3 of 1.6 GB. All Kconfig and Makefiles stay.
unneeded()
{
    for folder in drivers sound net samples arch/alpha arch/arc arch/arm arch/arm64 arch/csky arch/hexagon \
        arch/loongarch arch/m68k arch/microblaze arch/mips arch/nios2 arch/openrisc arch/parisc arch/powerpc \
        arch/riscv arch/s390 arch/sh arch/sparc arch/xtensa; do
        printf "*/$folder/%s\n" '*.[chS]' '*.dts*' '*_defconfig' '*.rs'
    done
    printf '%s\n' '*/Documentation/*.*' '*/tools/testing' '*/tools/perf'
}

unpack()
{
    unneeded >"$out/unneeded"
    mkdir "$out/tree"
    {
        {
            dpkg-deb --fsys-tarfile "$out"/*.deb || touch "$out/failed"
        } | {
            tar -xO --wildcards "./usr/src/$package.tar.xz" || touch "$out/failed"
        } | tar -xJ -C "$out/tree" --strip-components=1 --wildcards --exclude-from="$out/unneeded"
    } && [ ! -e "$out/failed" ] && [ -e "$out/tree/Makefile" ] &&
        cp "$out/unneeded" "$out/tree/.left-out" && echo "$version" >"$out/tree/.package"
}

try "reading the package lists of Debian $suite" suite_lists "$suite"
newest || die "LINUX=debian:$suite: this suite has no package linux-source"
tree=$top/build/linux-src-$version
if [ ! -e "$tree/.package" ]; then
    try "fetching $package $version (170 MB)" download "$package"
    try "unpacking what x86 needs of it: some 20 seconds" unpack
    rm -rf "$tree"
    mv "$out/tree" "$tree"
fi
echo "$version" >"$keep/$suite"
known
