#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# LINUX=... [LINUX_PATCH=...] explore.sh [OPTION...] [SCENARIO [CASE [REPLAY]]]: explores a Linux tree
# on the modelled x86 and prints the table, tools/linux/table.py; with patches, of the tree without
# and with them. With a scenario, what the explorer prints of that, of the tree with its patches.
# Status: 0 as expected; 1 a case of the tree is not, or one that was never red is with the patches;
# 2 no verdict, or the tree cannot be had or does not fit.
set -eu
[ "${1-}" != --help ] || exec sed -n '3,7s/^# //p' "$0"
cd "$(dirname "$0")/../.."

# search DIR OPTION...: writes DIR/explore.tap and returns the explorer's status. A search by this
# program with these options, in which all was as expected, is not done again.
search()
{
    where=$1
    shift
    newer=$(find "$where" -maxdepth 1 -name explore.good -newer "$where/explore")
    if [ -n "$newer" ] && [ "$(cat "$newer")" = "options: $*" ]; then
        "$where/explore" --list >/dev/null # says which cases are left out
        return 0
    fi
    rm -f "$where/explore.good"
    found=0
    "$where/explore" --jobs "$(nproc)" "$@" >"$where/explore.tap.$$" || found=$?
    mv "$where/explore.tap.$$" "$where/explore.tap"
    [ "$found" = 0 ] || return "$found"
    echo "options: $*" >"$where/explore.good"
}

# in_use FD DIR: forget.sh leaves it alone until this script ends.
in_use() { ! command -v flock >/dev/null || { eval "exec $1<\"\$2/.complete\"" && flock -s "$1"; }; }

dir=$(tools/linux/prepare.sh)
in_use 7 "$dir"
tools/linux/build.sh "$dir" >&2
for word; do
    case $word in
    --*) ;;
    *[!0-9]*) exec "$dir/explore" --jobs "$(nproc)" "$@" ;;
    esac
done
patched=
if [ -n "${LINUX_PATCH-}" ]; then
    patched=$dir
    dir=$(LINUX_PATCH='' tools/linux/prepare.sh)
    in_use 8 "$dir"
    tools/linux/build.sh "$dir" >&2
fi
tree=$dir
status=0 changed=0 compared=0
search "$tree" "$@" || status=$?
if [ -n "$patched" ]; then
    search "$patched" "$@" || changed=$?
fi
tools/linux/table.py "$tree" ${patched:+"$patched"} || compared=$?
# That a case of the patched tree is not as expected of the tree is not wrong in itself.
for other in "$((changed == 1 ? 0 : changed))" "$compared"; do
    [ "$status" -ge "$other" ] || status=$other
done
case $status in
0) echo "Verdict: as expected${patched:+, and the patches make no case red}" ;;
1) echo "Verdict: RED, see above" ;;
*) echo "Verdict: none, see above" ;;
esac
exit "$status"
