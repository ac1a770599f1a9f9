#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# LINUX=... [LINUX_PATCH=series.mbox] [LINUX_COCCI=RULES] [LINUX_GUEST=1] [CC=...] prepare.sh [FRAGMENT...]: prints the directory
# build/linux-HASH, configured by arch/linux/fragment.config and FRAGMENT, as arch/linux/kvm.config:
#   source    the sources, a link to them or a directory of links; not to be written to
#   obj       the configuration and the headers that Linux's build generates
#   version   one line: which Linux this is
#   cflags    one line: gcc $(cat cflags) -c mm/gup.c, in source, compiles for the model
#   subjects  those of the patches, one a line
# With LINUX_COCCI, semantic patches (one, or several with blanks between), it has instead
#   base      the directory as it is without them
#   edited    the files that they change, under their names in the tree
#   version   as above
# Another tree, change in it, patch, rule, fragment or compiler is another HASH. Does nothing if it is
# there. Status 2: it cannot be had, and why, in one line.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/linux/lib.sh"
me=linux
here=$top/tools/linux
kept=16 # directories, when another one has been made: forget.sh

# with_rules: the same tree, with the files that LINUX_COCCI changes beside it.
with_rules()
{
    rules=$LINUX_COCCI
    "$top/tools/setup.sh" cocci
    base=$(LINUX_COCCI='' "$0" "$@")
    # shellcheck disable=SC2086 # a list
    out=$top/build/linux-$({ echo "$base" && spatch --version && cat $rules "$here/spatch.sh"; } | sha256sum | cut -c1-12)
    [ ! -e "$out/.complete" ] || {
        touch "$out/.complete"
        return 0
    }
    mkdir -p "$out"
    # shellcheck disable=SC2086
    "$here/spatch.sh" "$base/source" "$out/edited" $rules
    ln -sfn "$base" "$out/base"
    echo "$(cat "$base/version") + $rules" >"$out/version"
    touch "$out/.complete"
    "$here/forget.sh" "$kept"
}

if [ -n "${LINUX_COCCI-}" ]; then
    for rules in $LINUX_COCCI; do
        [ -f "$rules" ] || die "LINUX_COCCI=$rules: no such file"
    done
    with_rules "$@"
    echo "$out"
    exit 0
fi

series=${LINUX_PATCH-}
[ -z "$series" ] || [ -f "$series" ] || die "LINUX_PATCH=$series: no such file"
set -- "$top/arch/linux/fragment.config" "$@"
case ${LINUX_GUEST:-0} in
0) guest= ;;
1) guest=", as a guest of KVM" && set -- "$@" "$top/arch/linux/kvm.config" ;;
*) die "LINUX_GUEST=$LINUX_GUEST: 1 or 0" ;;
esac
tree=$("$here/tree.sh" "${LINUX-}")
"$top/tools/setup.sh" linux
identity=$("$here/identity.sh" "$tree")

hash=$({
    echo "$tree" "$identity"
    "${CC:-gcc}" --version
    cat "$@" "$here/configure.sh" "$here/cflags.sh" "$here/overlay.sh" ${series:+"$here/mbox.py" "$series"}
} | sha256sum | cut -c1-12)
out=$top/build/linux-$hash

[ -e "$out/.complete" ] || alone "$out"
if [ ! -e "$out/.complete" ]; then
    rm -rf "$out/obj" "$out/source" "$out/tree"
    if [ -n "$series" ] || built "$tree"; then
        "$here/overlay.sh" "$tree" "$out/tree" "$series"
        tree=$out/tree
    fi
    ln -s "$tree" "$out/source"
    "$here/configure.sh" "$tree" "$out/obj" "$@"
    "$here/cflags.sh" "$tree" "$out/obj" >"$out/cflags"
    [ -z "$series" ] || mv "$out/tree.subjects" "$out/subjects"
    patches=$({ cat "$out/subjects" 2>/dev/null || true; } | wc -l)
    echo "$(echo "$identity" | sed -n 1p)$guest$([ "$patches" = 0 ] || echo " + $patches patches of ${series##*/}")" >"$out/version"
    touch "$out/.complete"
    "$here/forget.sh" "$kept"
fi
touch "$out/.complete" # it is in use
echo "$out"
