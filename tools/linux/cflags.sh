#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# cflags.sh TREE OBJ: the flags by which one C file of TREE is compiled for the model, one line.
# They are Linux's own, as recorded when its build compiled kernel/bounds.c, without those of one
# file (names, dependencies), of the kernel's place in memory, and warnings.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
me=linux
tree=$(cd "$1" && pwd -P) # as Linux's build system names it
obj=$2

record=$obj/kernel/.bounds.s.cmd
flags=$(sed -n '1s/^[a-z]*_kernel\/bounds\.s := [^ ]* //p' "$record" 2>/dev/null) || true
[ -n "$flags" ] ||
    die "$record: has no command that compiles kernel/bounds.c; Linux's build system has changed"

kept=
# shellcheck disable=SC2086 # a list
set -- $flags
while [ $# -gt 0 ]; do
    flag=$1
    shift
    if [ "$flag" = -I ]; then
        flag=-I$1
        shift
    fi
    case $flag in
    -o) shift ;;
    -S | -fverbose-asm | -W* | -D*KBUILD_* | -I. | -I./. | "-I$tree/." | */bounds.c | -g*) ;;
    # User space: its code model, its stack, no landing pads.
    -mcmodel=kernel | -mpreferred-stack-boundary=* | -mstack-alignment=* | -fcf-protection=*) ;;
    -I./*) kept="$kept -I$obj/${flag#-I./}" ;;
    *) kept="$kept $flag" ;;
    esac
done
echo "${kept# } -fcf-protection=none -g -w -DKBUILD_MODFILE=\"linux\" -DKBUILD_BASENAME=\"linux\"" \
    "-DKBUILD_MODNAME=\"linux\" -D__KBUILD_MODNAME=linux"
