#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# forget.sh KEEP: removes build/linux-HASH directories of prepare.sh, all but the KEEP that were used
# last, by the time of their .complete. None that was used in the last hour, that a script of tools/linux works
# in, or that another one needs as its base.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top/build"
command -v flock >/dev/null || exit 0

# unused DIR: no directory that is left has it as its base.
unused()
{
    for link in linux-*/base; do
        [ "$(readlink "$link")" != "$top/build/$1" ] || return 1
    done
}

# shellcheck disable=SC2012 # names of 12 digits
ls -t linux-*/.complete 2>/dev/null | sed "1,$1d; s|/.complete||" | while read -r dir; do
    if [ -n "$(find "$dir/.complete" -mmin +60)" ] && unused "$dir"; then
        flock -n "$dir/.complete" rm -rf "$dir" || :
    fi
done
