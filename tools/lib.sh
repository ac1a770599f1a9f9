# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# Functions of run.sh and of the scripts of tools/. Sourced, with set -eu.

me=$(basename "$0")

note() { echo "$me: $*" >&2; }

# die: a wrong option, or something that the machine lacks, as in the kernel: one line, status 2.
die()
{
    note "$@"
    exit 2
}

upper() { tr abcdefghijklmnopqrstuvwxyz- ABCDEFGHIJKLMNOPQRSTUVWXYZ_; }
lower() { tr ABCDEFGHIJKLMNOPQRSTUVWXYZ_ abcdefghijklmnopqrstuvwxyz-; }

# stale MADE FROM...: it is not there, or older than something it is made from.
stale()
{
    [ -e "$1" ] || return 0
    old=$1
    shift
    [ -n "$(find "$@" -newer "$old")" ]
}

# alone DIR [WAITING]: makes DIR; no other script that says this of it goes on until this one ends.
# What the other one has made is to be looked at again. WAITING: said if there is one.
alone()
{
    mkdir -p "$1"
    command -v flock >/dev/null || return 0
    exec 9>"$1/.lock"
    flock -n 9 && return 0
    [ -z "${2-}" ] || note "$2"
    flock 9
}

# disk_full LOG WHERE: a command failed; ends with one line if that was for want of room.
disk_full() { ! grep -q 'No space left' "$1" || die "${2#"$top/"}: its disk is full"; }

# room_in DIRECTORY: a file can be written there.
room_in()
{
    room=0
    (echo >"$1/.room") 2>/dev/null || room=1
    rm -f "$1/.room"
    return $room
}

# hide_events: drops the lines of a log that are for programs (tools/events.py).
hide_events() { grep --line-buffered -v "^# event \|^# rings: \|^# end of the rings"; }

# How the history of a violation is to be printed: <tests/history_mode.h>.
history_mode()
{
    if [ -n "${SVG-}" ]; then
        echo line
    elif [ -n "${V-}" ]; then
        echo full
    else
        echo fold
    fi
}

grub_mkrescue() { command -v grub-mkrescue || command -v grub2-mkrescue; }

# "code vars format" of the first UEFI firmware found that has no Secure Boot keys.
ovmf_files()
{
    for code in /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_CODE.fd \
        /usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2 /usr/share/edk2/ovmf/OVMF_CODE.fd \
        /usr/share/edk2/x64/OVMF_CODE.4m.fd /usr/share/edk2-ovmf/x64/OVMF_CODE.fd; do
        vars=$(echo "$code" | sed 's/OVMF_CODE/OVMF_VARS/')
        format=raw
        [ "${code%.qcow2}" = "$code" ] || format=qcow2
        if [ -r "$code" ] && [ -r "$vars" ]; then
            echo "$code $vars $format"
            return 0
        fi
    done
    return 1
}

# make_iso OUT ELF CFG [DIR]: a bootable image; DIR restricts GRUB to one of its platforms.
make_iso()
{
    tree=$(mktemp -d "${TMPDIR:-/tmp}/shootdown-iso.XXXXXX")
    no_room=
    mkdir -p "$tree/cd/boot/grub"
    made=1
    # shellcheck disable=SC2086 # -d only where asked for
    {
        cp "$3" "$tree/cd/boot/grub/grub.cfg" &&
            objcopy --strip-debug "$2" "$tree/cd/boot/shootdown.elf" &&
            "$(grub_mkrescue)" ${4:+-d "$4"} -o "$tree/iso" "$tree/cd"
    } >"$tree/log" 2>&1 || made=
    if [ -n "$made" ]; then
        # Rename it when complete: other runs may look for the same file.
        mv "$tree/iso" "$1.$$"
        mv "$1.$$" "$1"
    else
        cat "$tree/log" >&2
        room_in "$tree" || no_room=": the disk of ${TMPDIR:-/tmp} is full"
    fi
    rm -rf "$tree"
    [ -n "$made" ] || die "grub-mkrescue could not make $1$no_room"
}
