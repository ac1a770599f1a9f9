#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# overlay.sh TREE COPY [SERIES]: makes COPY, links to the sources in TREE, which is not written to.
# Left out is what a build in TREE has made: Linux's build system refuses to build elsewhere beside
# it. SERIES, patches as in a mailbox, is applied to it; their subjects are written to
# COPY.subjects, what of it counts to COPY.series. Status 2: a patch does not apply.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/linux/lib.sh"
me=linux
tree=$1
copy=$2
series=${3-}
log=$copy.log

# open_up DIR: a link to a directory becomes a directory of links, and so do those above it.
open_up()
{
    [ "$1" != . ] || return 0
    open_up "$(dirname "$1")"
    if [ -L "$copy/$1" ]; then
        rm "$copy/$1"
        mkdir "$copy/$1"
        ln -s -t "$copy/$1" "$tree/$1"/*
    fi
}

# Where the build of headers compiles, and would find what is there already. Kbuild has a file
# .NAME.cmd beside each NAME that it made by a command; the rest it made is in three directories.
without_built()
{
    open_up arch
    for folder in arch/x86 include kernel scripts; do
        rm "$copy/$folder"
        cp -rs "$tree/$folder" "$copy/$folder"
        find "$copy/$folder" -name '.*.cmd'
    done | while read -r record; do
        name=${record##*/.}
        rm -f "${record%/*}/${name%.cmd}" "$record"
    done
    rm -rf "$copy/include/config" "$copy/include/generated" "$copy/arch/x86/include/generated"
}

# left_out FILE: it was not unpacked, since nothing for x86 is compiled from it (debian.sh).
left_out()
{
    [ -e "$tree/.left-out" ] || return 1
    while read -r pattern; do
        # shellcheck disable=SC2254 # a pattern
        case ./$1 in
        $pattern | $pattern/*) return 0 ;;
        esac
    done <"$tree/.left-out"
    return 1
}

files_of() { sed -n 's/^diff --git a\/\([^ ]*\) b\/.*/\1/p' "$series" | sort -u; }

# The series without the files that were left out.
wanted()
{
    files_of | while read -r file; do
        ! left_out "$file" || echo "$file"
    done >"$copy.left-out"
    [ ! -s "$copy.left-out" ] ||
        note "of LINUX_PATCH, $(wc -l <"$copy.left-out") files are no part of what is compiled, from $(sed -n 1p "$copy.left-out") on"
    awk 'FILENAME == ARGV[1] { out["a/" $0]; next }
        /^From [0-9a-f]+ / { skip = 0 }
        /^diff --git / { skip = $3 in out }
        !skip' "$copy.left-out" "$series"
}

# A file that is patched is copied first; one that is new needs its directory.
own_files()
{
    files_of | while read -r file; do
        open_up "$(dirname "$file")"
        if [ -L "$copy/$file" ]; then
            cp --remove-destination "$tree/$file" "$copy/$file"
            chmod u+w "$copy/$file"
        fi
    done
}

# "Subject: [PATCH v2 3/7] mm: ...", goes on in lines that begin with a blank. A mail without a
# patch is none.
subjects()
{
    awk '/^Subject: / { subject = $0; sub(/^Subject: *(\[[^]]*\] *)*/, "", subject); folded = 1; next }
        folded && /^[ \t]/ { sub(/^[ \t]+/, " "); subject = subject $0; next }
        { folded = 0 }
        /^diff --git / && subject != "" { print subject; subject = "" }' "$series"
}

# misfits LOG: the files that patch could not change, and why.
misfits()
{
    awk '/^\|diff --git / { file = substr($3, 3) }
        /^\|\+\+\+ / { print file ": no such file" }
        /^patching file / { file = $3 }
        /FAILED at|Reversed|malformed/ { print file ": " $0 }' "$1"
}

apply()
{
    wanted >"$copy.patch"
    patch -d "$copy" -p1 --forward --fuzz=0 --no-backup-if-mismatch --reject-file=- <"$copy.patch" >"$log" 2>&1 || {
        disk_full "$log" "$copy"
        misfits "$log" | sed -n '1,5s/^/  /p' >&2
        die "LINUX_PATCH=$given does not apply; the whole output is in ${log#"$top/"}"
    }
    subjects >"$copy.subjects"
}

rm -rf "$copy"
mkdir -p "$copy"
ln -s -t "$copy" "$tree"/*
! built "$tree" || without_built
if [ -n "$series" ]; then
    given=$series
    series=$copy.series
    "$top/tools/linux/mbox.py" "$given" >"$series" || exit 2
    grep -q '^diff --git a/' "$series" || die "LINUX_PATCH=$given: no patch in it, as git format-patch writes them"
    own_files
    apply
fi
