#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# build.sh DIR [EDITED]: DIR/explore, the explorer of the Linux tree that tools/linux/prepare.sh
# has prepared in DIR. With EDITED, a directory with edited copies of some of its files under
# the tree's names: DIR/edited/explore. Status 2: something in this tree is not as the shim expects; a line says what.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
me=linux
cd "$top"
dir=$1
out=$dir
edited=${2-}
if [ -n "$edited" ]; then
    out=$dir/edited
elif [ -e "$dir/base" ]; then # with semantic patches
    dir=$(readlink "$dir/base")
    edited=$out/edited
fi
[ -e "$dir/cflags" ] || die "$dir is not a prepared tree: tools/linux/prepare.sh makes one"
unset MAKEFLAGS MFLAGS MAKELEVEL # ours are other makefiles
alone build/model-linux # which two trees have in common
[ -z "${2-}" ] || rm -rf "$out" # of another EDITED
make -s -j"$(nproc)" build/model-linux/kernel.o build/model-linux/host.o >/dev/null
make -s -f arch/linux/linux.mk D="$dir" E="$out" EDITED="$edited" -j"$(nproc)" || exit 2
