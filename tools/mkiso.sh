#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Makes build/shootdown.iso from the kernel and boot/grub.cfg: a hybrid image that starts
# under BIOS and UEFI, from a CD or written to a USB stick.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/tools/lib.sh"

"$top/tools/setup.sh" build iso
(
    unset MAKEFLAGS MFLAGS MAKELEVEL
    cd "$top" && make image >&2
) || die "the kernel does not build, see above"
image=$top/build/${FLAVOUR:-debug}/shootdown.elf
iso=$top/build/shootdown.iso
# Each time: the last one may be of another flavour.
make_iso "$iso" "$image" "$top/boot/grub.cfg"
echo "$iso: dd it to a USB stick, or start it in QEMU with -cdrom; console on the first serial port"
