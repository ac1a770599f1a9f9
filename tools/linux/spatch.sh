#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# spatch.sh TREE OUT RULES...: applies semantic patches to files of TREE, by Coccinelle's spatch, and
# writes those that change to OUT, under their names in TREE, which is not written to. In RULES the
# line "// Files: mm/gup.c ..." names the files. Status 2: RULES do not apply, or not to one of them.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/linux/lib.sh"
me=linux
tree=$1
out=$2
shift 2

# change RULES FILE
change()
{
    [ -e "$tree/$2" ] || die "$1: this tree has no $2"
    case $2 in
    *.c | include/*.h | arch/x86/include/*.h) ;;
    *) die "$1: $2: of headers, only those in include and arch/x86/include can be changed" ;;
    esac
    if [ ! -e "$out/$2" ]; then
        mkdir -p "$(dirname "$out/$2")"
        cp "$tree/$2" "$out/$2"
        chmod u+w "$out/$2"
    fi
    cp "$out/$2" "$out/before"
    spatch --very-quiet --no-includes --sp-file "$1" --in-place "$out/$2" >"$out.log" 2>&1 || {
        grep -v '^$' "$out.log" | sed -n '1,5s/^/  /p' >&2
        die "$1: spatch failed; the whole output is in ${out#"$top/"}.log"
    }
    ! cmp -s "$out/before" "$out/$2" || die "$1: nothing in $2 of this tree matches"
    rm "$out/before"
}

rm -rf "$out"
mkdir -p "$out"
for rules; do
    [ -f "$rules" ] || die "LINUX_COCCI=$rules: no such file"
    files=$(sed -n 's|^// Files: ||p' "$rules")
    [ -n "$files" ] || die "$rules: no line that begins with // Files:"
    for file in $files; do
        change "$rules" "$file"
    done
done
