#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# overlay.sh TREE COPY [SERIES]: makes COPY, links to the sources in TREE, without what a build in
# TREE has made: Linux's build system refuses to build elsewhere beside it. SERIES, patches as in a
# mailbox, is applied to it, and their subjects are written to COPY/.subjects. TREE is not written
# to: a file that is patched is copied first. Status 2: a patch does not apply.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
me=linux
tree=$1
copy=$2
series=${3-}
log=$copy.log

rm -rf "$copy"
mkdir -p "$copy"
cp -rs "$tree"/* "$copy"

# Kbuild has a file .NAME.cmd beside each NAME that it made by a command; the rest it made is in
# three directories.
find "$copy" -name '.*.cmd' | while read -r record; do
    name=${record##*/.}
    rm -f "${record%/*}/${name%.cmd}" "$record"
done
rm -rf "$copy/include/config" "$copy/include/generated" "$copy/arch/x86/include/generated"

[ -n "$series" ] || exit 0

# The files that the patches touch; those that do not exist yet stay so.
sed -n 's/^\(---\|+++\) [ab]\/\([^	]*\).*/\2/p' "$series" | sort -u | while read -r file; do
    if [ -L "$copy/$file" ]; then
        cp --remove-destination "$(readlink -f "$copy/$file")" "$copy/$file"
        chmod u+w "$copy/$file"
    fi
done

patch -d "$copy" -p1 --forward --fuzz=0 --no-backup-if-mismatch --reject-file=- <"$series" >"$log" 2>&1 || {
    grep -E 'FAILED|find file|malformed|Reversed' "$log" | sed -n '1,5s/^/  /p' >&2
    die "LINUX_PATCH=$series does not apply; the whole output is in ${log#"$top/"}"
}
# "[PATCH v2 3/7] mm: ..."; a header that is folded goes on with a blank.
awk '/^Subject: / { subject = $0; sub(/^Subject: (\[[^]]*\] *)*/, "", subject); folded = 1; next }
    folded && /^[ \t]/ { sub(/^[ \t]+/, " "); subject = subject $0; next }
    folded { folded = 0 }
    /^diff --git / && subject != "" { print subject; subject = "" }' "$series" >"$copy/.subjects"
