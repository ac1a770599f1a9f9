#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make bochs: build/bochs/bochs, Debian 13's Bochs 3.0 with the libraries that it needs, unpacked,
# not installed: it runs on Debian 12 as well. Nothing needs root. Does nothing if it is there.
# Status 2: it cannot be had, and why.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/apt.sh"
me=bochs

suite=trixie
out=$top/build/bochs
root=$out/root
bochs=$out/bochs
log=$out/log

if ! stale "$bochs" "$top/tools/bochs/fetch.sh"; then
    note "${bochs#"$top/"} is up to date"
    exit 0
fi
for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null ||
        die "Bochs 3.0 is that of Debian 13, fetched by apt-get; this machine has no $tool"
done

alone "$out"
stale "$bochs" "$top/tools/bochs/fetch.sh" || exit 0
: >"$log"

# A machine on which nothing is installed: apt finds all libraries, down to libc.
fetch()
{
    : >"$out/installed"
    private_sources deb "$suite" && private_apt get update &&
        private_apt get -o Dir::State::status="$out/installed" -y --no-install-recommends \
            --download-only install bochs bochs-term bochsbios vgabios
}

unpack()
{
    rm -rf "$root"
    mkdir -p "$root" || return 1
    for deb in "$out"/apt/cache/archives/*.deb; do
        dpkg-deb -x "$deb" "$root" || return 1
    done
}

# Run it by its own dynamic loader, with its own libraries, whatever the machine has.
wrap()
{
    loader=$(find "$root/" -name 'ld-linux-x86-64.so.2' ! -type l | sed -n 1p)
    lib=usr/lib/x86_64-linux-gnu
    [ -n "$loader" ] && [ -x "$root/usr/bin/bochs-bin" ] && cat >"$out/bochs.new" <<END
#!/bin/sh
LTDL_LIBRARY_PATH=$root/$lib/bochs/plugins BXSHARE=$root/usr/share/bochs \\
    exec $loader --library-path $root/$lib:$root/$lib/pulseaudio $root/usr/bin/bochs-bin "\$@"
END
    chmod +x "$out/bochs.new" && "$out/bochs.new" --help cpu >"$out/cpus" 2>&1
    grep -q corei7_skylake_x "$out/cpus"
}

step "fetching Bochs and its libraries from Debian $suite" fetch
step "unpacking" unpack
step "starting it" wrap
mv "$out/bochs.new" "$bochs"
rm -rf "$out/apt" "$out/installed"
note "done: ${bochs#"$top/"}"
