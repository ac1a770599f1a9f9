#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# chroot-check.sh [SUITE]: make check in a chroot of another Debian, trixie by default. As root.
# TESTS='0*' takes some of the files. The chroot stays, so that the next run is quick: SHOOTDOWN_CHROOT,
# by default /var/tmp/shootdown-SUITE. Only what git knows, or would add, is copied there.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/apt.sh"

suite=${1:-trixie}
chroot=${SHOOTDOWN_CHROOT:-/var/tmp/shootdown-$suite}
[ "$(id -u)" = 0 ] || die "a chroot is made and entered as root"
for tool in debootstrap chroot mount git tar; do
    command -v "$tool" >/dev/null || die "$tool is missing: apt-get install --no-install-recommends debootstrap git"
done

log=$chroot.log
: >"$log"
if [ ! -e "$chroot/.complete" ]; then
    mirror=$(mirror_of "$suite")
    step "making $chroot: Debian $suite" debootstrap --variant=minbase --include=make,ca-certificates \
        "$suite" "$chroot" "${mirror:-http://deb.debian.org/debian}"
    touch "$chroot/.complete"
fi

# shellcheck disable=SC2317 # reached by the trap
unmount()
{
    for dir in dev proc; do
        ! mountpoint -q "$chroot/$dir" || umount "$chroot/$dir" || note "$chroot/$dir is still mounted"
    done
}
trap unmount EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mountpoint -q "$chroot/proc" || mount -t proc proc "$chroot/proc"
mountpoint -q "$chroot/dev" || mount --bind /dev "$chroot/dev"

# Files that are deleted here are deleted there; build/ stays.
tree=$chroot/root/shootdown
mkdir -p "$tree"
find "$tree" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
(
    cd "$top"
    git ls-files --cached --others --exclude-standard | while read -r file; do
        [ ! -e "$file" ] || echo "$file"
    done | tar -c -T - | tar -x -C "$tree"
)
note "make check on $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' "$chroot/etc/os-release")"
# The packages that it needs are installed by tools/setup.sh.
chroot "$chroot" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    TESTS="${TESTS-}" QEMU="${QEMU-}" make -C /root/shootdown check </dev/null
