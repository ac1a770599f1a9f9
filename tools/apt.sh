# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# Debian's packages without touching the machine's own: for tools/qemu, kvm, bochs, linux. Sourced after
# lib.sh; $out is the directory that everything is kept in, $log a file; $subject is what cannot be
# had if something fails.

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

# need_apt [HINT]: apt is there, or the end.
need_apt()
{
    for tool in apt-get apt-cache dpkg-deb; do
        command -v "$tool" >/dev/null || die "$subject is fetched by apt-get; this machine has no $tool${1-}"
    done
}

# need_room MEGABYTES DIR
need_room()
{
    free=$(df -Pm "$2" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$1" ] || die "$subject: needs $1 MB in ${2#"$top/"}, its disk has $free MB left"
}

# give_up WHAT: the reason in one line, as far as the log has a known one.
give_up()
{
    disk_full "$log" "$out"
    if grep -qE '404 +Not Found|does not have a Release file' "$log"; then
        why="the mirror has no such suite"
    elif grep -qE 'Temporary failure|Could not (connect|resolve)|Unable to connect|Connection (failed|timed out|refused)|Cannot initiate' "$log"; then
        why="the mirror cannot be reached"
    else
        tail -n 15 "$log" | sed 's/^/  /' >&2
        why="$1 failed; the whole output is in ${log#"$top/"}"
    fi
    die "$subject: $why"
}

# try WHAT COMMAND...
try()
{
    note "$1"
    what=$1
    shift
    "$@" >>"$log" 2>&1 </dev/null || give_up "$what"
}

# As on a machine on which nothing is installed: the suite's own version counts.
suite_apt() { private_apt "$@" -o Dir::State::status="$out/installed" -o Acquire::Languages=none -o Acquire::Retries=1; }

# suite_lists SUITE
suite_lists()
{
    : >"$out/installed"
    private_sources deb "$1" && suite_apt get update -o APT::Update::Error-Mode=any
}

# depends PACKAGE PATTERN: of the packages that it depends on, those that match, one a line.
depends() { suite_apt cache depends "$1" 2>>"$log" | sed -n "s/^ *|*Depends: \\($2\\)\$/\\1/p"; }

# download PACKAGE...: into $out
download() { cd "$out" && suite_apt get download "$@"; }
