#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# build.sh DIR [EDITED]: DIR/explore, the explorer of the Linux tree that tools/linux/prepare.sh
# has prepared in DIR. With EDITED, a directory with edited copies of some of its files under
# the tree's names: DIR/edited/explore. Status 2: something in this tree is not as the shim expects; a line says what.
set -eu
cd "$(dirname "$0")/../.."
dir=$1
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
make -s -j"$(nproc)" build/model-linux/kernel.o build/model-linux/host.o >/dev/null
[ -z "${2-}" ] || rm -rf "$dir/edited" # of another EDITED
make -f arch/linux/linux.mk D="$dir" ${2:+EDITED="$2"} -j"$(nproc)" || exit 2
