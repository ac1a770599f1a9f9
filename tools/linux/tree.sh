#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# tree.sh LINUX: prints the directory with the sources of Linux that LINUX names: a directory, or
# debian, or debian:SUITE (fetched into build/ if it is not there). Status 2: there is none.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
me=linux

case ${1-} in
'') die "LINUX= names a directory with the sources of Linux, or debian, or debian:SUITE" ;;
debian | debian:*)
    "$top/tools/setup.sh" linux
    suite=${1#debian}
    exec "$top/tools/linux/debian.sh" "${suite#:}"
    ;;
esac
[ -e "$1" ] || die "LINUX=$1: no such directory"
[ -d "$1" ] || die "LINUX=$1: not a directory"
tree=$(cd "$1" 2>/dev/null && pwd -P) || die "LINUX=$1: cannot be entered"
case $tree in
*[!A-Za-z0-9_./+~,@%=-]*) die "LINUX=$1: Linux's build system takes no path with blanks, colons and the like" ;;
esac
for file in Makefile Kconfig arch/x86/mm/tlb.c include/linux/mm.h; do
    [ -r "$tree/$file" ] || die "LINUX=$1: not the sources of Linux for x86, there is no $file"
done
echo "$tree"
