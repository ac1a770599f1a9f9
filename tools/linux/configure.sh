#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# configure.sh TREE OBJ FRAGMENT...: Linux's sources in TREE, configured, and the headers that its
# build generates, in OBJ. TREE is not written to. The fragments say which options are not off, as
# arch/linux/fragment.config describes. No libelf: the target is prepare0, which leaves objtool out.
# Status 2: an option does not exist or did not take effect, or it does not build.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tools/lib.sh"
. "$top/tools/linux/lib.sh"
me=linux
tree=$1
obj=$2
shift 2
log=$obj.log

version=$(make -s -C "$tree" --no-print-directory kernelversion 2>/dev/null) || true
[ -n "$version" ] || die "$tree: its Makefile does not say which version it is"

# before A B: version A is older than B. -rc1 counts as the release that it leads to.
before()
{
    [ "${1%%-*}" != "$2" ] && [ "$(printf '%s\n' "${1%%-*}" "$2" | sort -V | sed -n 1p)" = "${1%%-*}" ]
}

# The names of all options that the tree has.
known()
{
    find -L "$tree" -name 'Kconfig*' \
        -exec sed -n 's/^[ 	]*\(menu\)\{0,1\}config[ 	]*\([A-Z0-9_]*\).*/CONFIG_\2/p' {} + | sort -u
}

# options FRAGMENT...: those of their options that apply to this tree, one NAME=VALUE a line.
options()
{
    sed 's/#.*//; s/[ 	]*$//' "$@" | while read -r when option; do
        case $when in
        '') continue ;;
        '[<'*']') ! before "$version" "$(expr "$when" : '\[<\(.*\)\]')" || echo "$option" ;;
        '[?]') ! grep -qx "${option%%=*}" "$obj/options.known" || echo "$option" ;;
        '[>='*']') before "$version" "$(expr "$when" : '\[>=\(.*\)\]')" || echo "$option" ;;
        *) echo "$when" ;;
        esac
    done | awk -F = '{ value[$1] = $0; if (!seen[$1]++) order[++n] = $1 }
        END { for (i = 1; i <= n; i++) print value[order[i]] }'
}

# build TARGET ARG...
build()
{
    make -C "$tree" ARCH=x86_64 O="$obj" CC="${CC:-gcc}" "$@" >>"$log" 2>&1 </dev/null && return 0
    disk_full "$log" "$obj"
    grep -v '^make' "$log" | tail -n 6 | sed 's/^/  /' >&2
    die "Linux $version: make $1 failed; the whole output is in ${log#"$top/"}"
}

# What is wrong with the configuration, one line each.
differences()
{
    while read -r option; do
        name=${option%%=*}
        has=$(grep "^$name=" "$obj/.config") || has=$name=n
        if ! grep -qx "$name" "$obj/options.known"; then
            echo "$name: Linux $version has no such option"
        elif [ "$has" != "$option" ]; then
            echo "$option: did not take effect, it is $has"
        fi
    done <"$obj/options"
}

# What the caller's make has set is not for this one.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES V O M ARCH CROSS_COMPILE LLVM CFLAGS LDFLAGS KCFLAGS KCPPFLAGS
unset KCONFIG_CONFIG KBUILD_EXTMOD KBUILD_OUTPUT
mkdir -p "$obj"
: >"$log"
known >"$obj/options.known"
options "$@" >"$obj/options"
note "configuring Linux $version"
build allnoconfig KCONFIG_ALLCONFIG="$obj/options"
wrong=$(differences)
if [ -n "$wrong" ]; then
    echo "$wrong" | sed "s/^/$me: /" >&2
    die "Linux $version does not fit the configuration in $(echo "$@" | sed "s|$top/||g")"
fi
note "generating its headers: some ten seconds on two idle CPUs; ${log#"$top/"} grows meanwhile"
build prepare0 -j"$(nproc)"
