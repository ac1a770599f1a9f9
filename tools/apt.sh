# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# Debian's packages without touching the machine's own: for tools/qemu, kvm, bochs, linux. Sourced after
# lib.sh; $out is the directory that everything is kept in, $log a file there.

# step WHAT COMMAND...: prints one line; the output goes into the log. Its status is tested, so
# set -e has no effect inside: each part of a step must return its own failure.
step()
{
    note "$1"
    echo "== $1" >>"$log"
    what=$1
    shift
    "$@" >>"$log" 2>&1 </dev/null || {
        tail -n 15 "$log" | sed 's/^/  /' >&2
        die "$what: failed; the whole output is in ${log#"$top/"}"
    }
}

# private_apt get|cache ARG...: with lists and a cache of our own, so that /etc/apt stays as it is.
private_apt()
{
    program=apt-$1
    shift
    "$program" -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$out/apt/sources" \
        -o Dir::State::Lists="$out/apt/lists" -o Dir::Cache="$out/apt/cache" \
        -o APT::Sandbox::User="$(id -un)" "$@"
}

# mirror_of SUITE: what this machine is set up to use, else Debian's own.
mirror_of()
{
    # shellcheck disable=SC2016 # apt's variables
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
        awk -v suite="$1" '$2 == suite { print $1; exit }'
}

# releases_of SUITE: it and its updates, where it has such.
releases_of()
{
    case $1 in
    *-* | sid | unstable | experimental) echo "$1" ;;
    *) echo "$1 $1-updates $1-security" ;;
    esac
}

# The suite that this machine runs, if that is Debian.
# shellcheck source=/dev/null
own_suite() { (. /etc/os-release 2>/dev/null && [ "${ID-}" = debian ] && echo "${VERSION_CODENAME-}") || true; }

# private_sources deb|deb-src SUITE: what private_apt() reads, with the suite's updates. A suite
# that this machine is not set up to use comes from the mirror of its own.
private_sources()
{
    mkdir -p "$out/apt/sources" "$out/apt/lists/partial" "$out/apt/cache/archives/partial" || return 1
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    signed=
    [ ! -e "$key" ] || signed="[signed-by=$key] "
    for release in $(releases_of "$2"); do
        like=$(own_suite)
        fallback=http://deb.debian.org/debian
        [ "${release%-security}" = "$release" ] || {
            like=$like-security
            fallback=$fallback-security
        }
        url=$(mirror_of "$release")
        url=${url:-$(mirror_of "$like")}
        echo "$1 $signed${url:-$fallback} $release main"
    done >"$out/apt/sources/debian.list"
}
