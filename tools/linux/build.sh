#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# build.sh DIR [EDITED]: DIR/explore, the explorer of the Linux tree that tools/linux/prepare.sh
# has prepared in DIR. With EDITED, a directory with edited copies of some of its files under
# the tree's names: DIR/edited/explore. Status 2: something in this tree is not as the shim expects; a line says what.
set -eu
cd "$(dirname "$0")/../.."
dir=$1
out=$dir
edited=${2-}
if [ -n "$edited" ]; then
    out=$dir/edited
elif [ -e "$dir/base" ]; then # with semantic patches
    dir=$(readlink "$dir/base")
    edited=$out/edited
fi
[ -e "$dir/cflags" ] || {
    echo "linux: $dir is not a prepared tree: tools/linux/prepare.sh makes one" >&2
    exit 2
}
unset MAKEFLAGS MFLAGS MAKELEVEL # ours are other makefiles
# Two at a time would make the same files.
if command -v flock >/dev/null; then
    mkdir -p build
    exec 9>build/.linux-build.lock
    flock 9
fi
[ -z "${2-}" ] || rm -rf "$out" # of another EDITED
make -s -j"$(nproc)" build/model-linux/kernel.o build/model-linux/host.o >/dev/null
make -f arch/linux/linux.mk D="$dir" E="$out" EDITED="$edited" -j"$(nproc)" || exit 2
