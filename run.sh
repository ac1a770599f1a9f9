#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Boots the kernel in QEMU and turns its verdict into an exit status. ./run.sh --help
set -eu
top=$(cd "$(dirname "$0")" && pwd)
. "$top/tools/lib.sh"

usage()
{
    cat <<END
usage: ./run.sh [VARIABLE=value | --variable value]...
Builds what is missing, boots it in QEMU, prints its serial console.

$("$top/tools/variables.sh" help)

The variables may also be set in the environment. Further options:
  --debug        wait for GDB before the first instruction
  --again        after a red run: look for one that repeats it bit for bit (make run does)
  --dry-run      print QEMU's command line, start nothing
  --help

Exit status:
  0  every verdict as it should be      3  the kernel panicked or the machine reset
  1  red: a violation, a failed test    4  no verdict within TIMEOUT seconds
  2  bad option, or something missing   130, 143  interrupted
END
}

## Options

debug=
dryrun=
again=
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h)
        usage
        exit 0
        ;;
    --debug) debug=1 ;;
    --dry-run) dryrun=1 ;;
    --again) again=1 ;;
    --*=* | *=*)
        name=${1#--}
        value=${name#*=}
        name=$(echo "${name%%=*}" | upper)
        wrong=$("$top/tools/variables.sh" check "$name") || die "$wrong"
        export "$name=$value"
        ;;
    --*)
        name=$(echo "${1#--}" | upper)
        wrong=$("$top/tools/variables.sh" check "$name") || die "$wrong"
        [ $# -ge 2 ] || die "$1 needs a value"
        shift
        export "$name=$1"
        ;;
    *) die "$1: not an option; ./run.sh --help" ;;
    esac
    shift
done

# Refuse characters that would split the kernel's command line or break grub.cfg.
for name in $("$top/tools/variables.sh" options); do
    eval "value=\${$name-}"
    case $name in
    QEMU | IMAGE | QEMUOPTS) continue ;;
    APPEND) bad=$(printf %s "$value" | tr -d 'A-Za-z0-9_.,:+*/@%= -') ;;
    *) bad=$(printf %s "$value" | tr -d 'A-Za-z0-9_.,:+*/@%-') ;;
    esac
    [ -z "$bad" ] || die "$name=$value: the characters '$bad' have no meaning here"
done

# number NAME LOW HIGH: $NAME, if set, is a decimal number in that range.
number()
{
    eval "value=\${$1-}"
    case $value in
    '') return 0 ;;
    0?* | *[!0-9]*) die "$1=$value: not a number from $2 to $3" ;;
    esac
    if [ ${#value} -gt 9 ] || [ "$value" -lt "$2" ] || [ "$value" -gt "$3" ]; then
        die "$1=$value: not a number from $2 to $3"
    fi
}

# one_of NAME VALUE...: $NAME, if set, is one of them.
one_of()
{
    eval "value=\${$1-}"
    name=$1
    shift
    [ -n "$value" ] || return 0
    for choice; do
        [ "$value" != "$choice" ] || return 0
    done
    die "$name=$value: not one of $(echo "$*" | sed 's/ /, /g')"
}

nr_cpus=$(sed -n 's/^#define CONFIG_NR_CPUS *//p' "$top/kernel/include/kernel/config.h")
number SMP 1 "$nr_cpus"
number DURATION 1 86400
number TIMEOUT 1 604800
number GDBPORT 1 65535
one_of FIRMWARE direct bios uefi
one_of ACCEL auto tcg kvm
one_of TCG single multi
one_of INVLPGB 0 1 hw
one_of DETERMINISTIC 0 1
one_of TRACE 0 1

# With less memory the firmware hangs or the image does not fit; the kernel checks whether it is enough.
if [ "${FIRMWARE-}" = uefi ]; then
    number MEM 64 1048576
else
    number MEM 16 1048576
fi

SMP=${SMP:-4}
FIRMWARE=${FIRMWARE:-direct}
ACCEL=${ACCEL:-auto}
TCG=${TCG:-single}
[ -z "${SAN-}" ] || FLAVOUR=san
FLAVOUR=${FLAVOUR:-debug}
[ "${INVLPGB-}" != 0 ] || INVLPGB=
[ "${DETERMINISTIC-}" = 1 ] || DETERMINISTIC=
[ "${TRACE-}" = 1 ] || TRACE=
if [ -n "$DETERMINISTIC" ]; then
    [ "$ACCEL" != kvm ] || die "DETERMINISTIC=1 counts instructions, which KVM cannot: leave ACCEL=kvm out"
    [ "$TCG" != multi ] || die "DETERMINISTIC=1 needs one TCG thread: leave TCG=multi out"
    ACCEL=tcg
fi
# Page tables, stacks and event rings grow with the number of CPUs.
[ -n "${MEM-}" ] || MEM=$((SMP <= 64 ? 256 : SMP * 4))

## The host

case $FIRMWARE in
direct) "$top/tools/setup.sh" qemu ;;
*) "$top/tools/setup.sh" qemu build "$FIRMWARE" ;;
esac
[ -z "$debug" ] || "$top/tools/setup.sh" debug
default_qemu=qemu-system-x86_64
QEMU=${QEMU:-$default_qemu}
command -v "$QEMU" >/dev/null 2>&1 || die "QEMU=$QEMU: no such program"
version=$("$QEMU" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
[ -n "$version" ] || die "QEMU=$QEMU: does not answer --version as QEMU does"

work=
running=
filter=
# shellcheck disable=SC2317 # reached by the traps
cleanup()
{
    exec 8>&-
    # $! rather than a copy of it: a signal may come before the copy is made. ALRM: timeout ends QEMU, as if the time were
    # over; a child that is not timeout yet would lose a TERM, for which it still has this shell's trap.
    if [ -n "$running" ] && [ -n "${!-}" ]; then
        kill -ALRM "$!" 2>/dev/null || true
        wait "$!" 2>/dev/null || true
    fi
    [ -z "$filter" ] || wait "$filter" || true
    [ -z "$work" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
tmp_full="the disk of ${TMPDIR:-/tmp} is full"
work=$(mktemp -d "${TMPDIR:-/tmp}/shootdown.XXXXXX" 2>/dev/null) || die "TMPDIR=${TMPDIR:-/tmp}: no directory can be made there"
room_in "$work" || die "$tmp_full"

# No default devices, and an exit device for the status.
bare="-nodefaults -no-user-config -display none -monitor none -no-reboot
    -device isa-debug-exit,iobase=0xf4,iosize=4"

# await_first_line PID: ends QEMU and sets $silent if nothing was printed for $first_line seconds.
await_first_line()
{
    tenths=$((first_line * 10))
    while [ ! -s "$work/serial" ] && kill -0 "$1" 2>/dev/null; do
        tenths=$((tenths - 1))
        if [ "$tenths" -le 0 ]; then
            silent=1
            kill -TERM "$1" 2>/dev/null || true
            return 0
        fi
        sleep 0.1
    done
}

# start SECONDS QEMU-OPTION...: sets $status. The limit holds even if this shell dies. timeout has
# a process group of its own, so Ctrl-C reaches only this shell: the trap above ends QEMU and waits.
start()
{
    limit=$1
    shift
    running=1
    # shellcheck disable=SC2086 # a list
    timeout -k 3 "$limit" "$QEMU" $bare "$@" </dev/null 2>"$work/stderr" &
    status=0
    [ -z "${first_line-}" ] || await_first_line "$!"
    wait "$!" || status=$?
    running=
    # Drop the message of a QEMU that this script ended.
    grep -v 'terminating on signal' "$work/stderr" >&2 || true
}

image=${IMAGE:-$top/build/$FLAVOUR/shootdown.elf}
if [ -z "${IMAGE-}" ]; then
    "$top/tools/setup.sh" build
    # If make started this script its variables are in the environment.
    (
        unset MAKEFLAGS MFLAGS MAKELEVEL
        cd "$top" && make image >&2
    ) || die "the kernel does not build, see above"
fi
[ -r "$image" ] || die "IMAGE=$image: cannot be read"

# why_not_kvm: prints why KVM cannot be used, or nothing.
# /dev/kvm alone is no proof: it may exist where no guest can run.
why_not_kvm()
{
    dev=${DEV_KVM:-/dev/kvm}
    # ACCEL=kvm waits longer: a guest under nested KVM takes seconds to start.
    limit=2
    [ "$ACCEL" != kvm ] || limit=60
    if ! grep -Eqw 'svm|vmx' "${CPUINFO:-/proc/cpuinfo}" 2>/dev/null; then
        echo "/proc/cpuinfo shows neither svm nor vmx"
    elif [ ! -e "$dev" ]; then
        echo "there is no /dev/kvm"
    elif [ ! -r "$dev" ] || [ ! -w "$dev" ]; then
        echo "/dev/kvm may not be opened by $(id -un)"
    else
        # Any exit status that the kernel sets will do.
        start $limit -machine q35,accel=kvm -cpu host -m 256 -serial null \
            -kernel "$image" -append "run=list debugexit=0xf4" >/dev/null 2>&1
        case $status in
        33 | 35 | 37 | 39) ;;
        124 | 137) echo "a guest started under KVM says nothing within $limit s" ;;
        *) echo "a guest started under KVM ends at once (QEMU's status $status)" ;;
        esac
    fi
}

case $ACCEL in
tcg)
    chosen="as asked for"
    ;;
*)
    why_not_kvm >"$work/kvm"
    why=$(cat "$work/kvm")
    if [ -z "$why" ]; then
        ACCEL=kvm
        chosen="a guest started under it"
    elif [ "$ACCEL" = kvm ]; then
        die "ACCEL=kvm: $why, so KVM cannot be used here; ACCEL=tcg can"
    else
        ACCEL=tcg
        chosen="$why, so no KVM"
    fi
    ;;
esac

# QEMU checks the machine's own limit; xAPIC IDs end at 254.
if [ "$SMP" -gt 255 ]; then
    if [ "$ACCEL" = tcg ] && [ "${version%%.*}" -lt 9 ]; then
        die "SMP=$SMP: QEMU $version emulates no x2APIC (9.0 and later do), so 255 CPUs at most"
    fi
    [ -z "$DETERMINISTIC" ] || die "SMP=$SMP: DETERMINISTIC=1 has no x2APIC, so 255 CPUs at most"
    most=$("$QEMU" -machine q35,accel="$ACCEL" -smp 99999 -display none 2>&1 </dev/null |
        sed -n "s/.*max CPUs supported by machine '[^']*' is \([0-9]*\).*/\1/p")
    [ "$SMP" -le "${most:-$SMP}" ] || die "SMP=$SMP: QEMU $version's q35 has $most CPUs at most"
fi

## The machine

case $ACCEL in
kvm)
    set -- -accel kvm -cpu host
    host=qemu-$version,kvm
    shown="KVM"
    ;;
tcg)
    set -- -accel "tcg,thread=$TCG" -cpu max
    host=qemu-$version,tcg-$TCG
    shown="TCG, one thread"
    [ "$TCG" = single ] || shown="TCG, one thread per CPU"
    ;;
esac
if [ -n "$DETERMINISTIC" ]; then
    # RDRAND and the real-time clock would differ from run to run.
    set -- "$@" -icount shift=0,sleep=off -rtc base=2000-01-01,clock=vm -seed 1
    host=$host,icount
    shown="$shown, counting instructions"
fi
set -- "$@" -machine q35 -smp "$SMP" -m "$MEM"

# Keep the output in a file as well: an empty one means that the kernel printed nothing.
console=stdio,id=con
[ -n "$dryrun" ] || console=$console,logfile=$work/serial
# As long, and as quickly read, with each value: DETERMINISTIC=1 is the same with TRACE=1.
cmdline="debugexit=0xf4 host=$host history=$(history_mode) trace=$((TRACE + 1))"
# From QEMU 9 on TCG has x2APICs, which read a clock that may not be read under icount: "Bad icount
# read", and QEMU ends.
[ -z "$DETERMINISTIC" ] || [ "${version%%.*}" -lt 9 ] || cmdline="$cmdline apic=xapic"
# OVMF writes on the first two serial ports, with screen control; ours is the third then.
if [ "$FIRMWARE" = uefi ]; then
    cmdline="$cmdline console=0x3e8"
    set -- "$@" -serial "file:$work/firmware" -chardev "$console" \
        -device isa-serial,chardev=con,iobase=0x3e8,irq=4,index=2
else
    set -- "$@" -chardev "$console" -serial chardev:con
fi
for name in RUN BENCH FLUSH POLICY OPS DURATION SEED TESTS INVLPGB; do
    eval "value=\${$name-}"
    [ -z "$value" ] || cmdline="$cmdline $(echo "$name" | lower)=$value"
done
[ -z "${APPEND-}" ] || cmdline="$cmdline $APPEND"

if [ "$FIRMWARE" = direct ]; then
    set -- "$@" -kernel "$image" -append "$cmdline"
else
    dir=$top/build/iso
    platform=/usr/lib/grub/i386-pc
    [ "$FIRMWARE" = bios ] || platform=/usr/lib/grub/x86_64-efi
    iso=$dir/$(printf '%s %s %s' "$FIRMWARE" "$image" "$cmdline" | cksum | tr ' ' -).iso
    if stale "$iso" "$image" "$top/boot/grub-run.cfg"; then
        mkdir -p "$dir"
        sed "s|@CMDLINE@|$cmdline|" "$top/boot/grub-run.cfg" 2>/dev/null >"$work/grub.cfg" || die "$tmp_full"
        make_iso "$iso" "$image" "$work/grub.cfg" "$platform"
        # Every seed makes one: keep a few.
        find "$dir" -name '*.iso' -mmin +60 -delete
    fi
    set -- "$@" -drive "if=none,id=cd,media=cdrom,readonly=on,file=$iso" \
        -device ide-cd,drive=cd,bootindex=0
fi
if [ "$FIRMWARE" = uefi ]; then
    ovmf=$(ovmf_files)
    flash="if=pflash,format=${ovmf##* }"
    code=${ovmf%% *}
    vars=${ovmf#* }
    # The firmware writes its variables: a copy per run.
    cp "${vars%% *}" "$work/vars"
    set -- "$@" -drive "$flash,readonly=on,file=$code" -drive "$flash,file=$work/vars"
fi

# shellcheck disable=SC2086 # a list
set -- "$@" ${QEMUOPTS-}

if [ -n "$debug" ]; then
    set -- "$@" -S -gdb "tcp:127.0.0.1:${GDBPORT:=1234}"
    TIMEOUT=${TIMEOUT:-86400}
fi
if [ -z "${TIMEOUT-}" ]; then
    # Phases of the torture run, one for each policy, generously; then start-up, which grows with
    # the CPUs. Without DURATION= a phase takes 6 or 14 s.
    phases=$(echo "${POLICY:-broadcast,implied,receipt}" | tr ',' '\n' | wc -l)
    TIMEOUT=$((phases * ${DURATION:-14} * 2 + 60 + SMP))
    [ "${RUN:-torture}" = torture ] || TIMEOUT=$((TIMEOUT + 240))
    # A guest second is 10^9 instructions then.
    [ -z "$DETERMINISTIC" ] || TIMEOUT=$((TIMEOUT * 20))
fi

if [ -n "$dryrun" ]; then
    # shellcheck disable=SC2086
    for word in "$QEMU" $bare "$@"; do
        case $word in
        *[!A-Za-z0-9_./,:=-]*) printf "'%s' " "$word" ;;
        *) printf '%s ' "$word" ;;
        esac
    done
    echo
    exit 0
fi
note "$SMP CPUs, $MEM MiB, QEMU $version, $shown ($chosen)"
shown_command=run.sh
for name in $("$top/tools/variables.sh" options); do
    eval "value=\${$name-}"
    [ "$name=$value" != "QEMU=$default_qemu" ] || continue
    [ -z "$value" ] || shown_command="$shown_command $name='$value'"
done
if [ -n "$debug" ]; then
    note "stopped, waiting for GDB on port $GDBPORT; in another terminal:"
    note "  GDBPORT=$GDBPORT make gdb    (or gdb -x $top/tools/gdb/shootdown.gdb $image)"
fi

# QEMU starts the image by its PVH entry; a machine without support for it runs something else.
silent=
first_line=
case $FIRMWARE:$debug:${QEMUOPTS-} in
direct::*-machine* | direct::*-M*) first_line=$((10 + SMP / 16)) ;;
esac
unheard="the kernel printed nothing: it was not started, or has another console"
[ "$FIRMWARE" != direct ] ||
    unheard="$unheard; QEMU machines before version 4.0 start no PVH image: take a later one, or FIRMWARE=bios"

# Lines for programs are not shown. Ctrl-C ends QEMU, and that ends the filter; before QEMU, cleanup() does.
mkfifo "$work/console"
# With a writer there already, the filter does not wait for one when it opens it.
exec 8<>"$work/console"
running=1
(
    trap '' INT
    hide_events
) <"$work/console" 8>&- &
filter=$!
began=$(date +%s)
start "$TIMEOUT" "$@" >"$work/console"
exec 8>&-
wait "$filter" || true
filter=
[ -z "${SVG-}" ] || "$top/tools/history_svg.py" "$work/serial" "$SVG" || true
if [ -n "$silent" ]; then
    note "no first line within $first_line s: $unheard"
    exit 4
fi
# Of another's signal QEMU dies (KILL), or says so (TERM). That is no verdict, and says nothing of the kernel.
if { [ "$status" = 137 ] && [ $(($(date +%s) - began)) -lt "$TIMEOUT" ]; } ||
    { [ "$status" = 0 ] && grep -q 'terminating on signal' "$work/stderr"; }; then
    die "QEMU was ended by a signal from outside, without a verdict; if this host has no memory left: MEM= and SMP= may be less"
fi
case $status in
33 | 35 | 39) ;;
*)
    # The firmware or boot loader, or the kernel before it had a console, may have printed the cause.
    if [ -s "$work/firmware" ] && { [ "$status" != 37 ] || [ ! -s "$work/serial" ]; }; then
        tr '\033' '\n' <"$work/firmware" | tr -d '\r' | sed 's/^\[[0-9;=]*[A-Za-z]//' |
            grep '[a-z]' | tail -n 3 >&2
    fi
    ;;
esac
. "$top/tools/keep.sh"
case $status in
35) keep_log 1 ;;
39 | 0) keep_log 3 ;;
124 | 137) keep_log 4 ;;
esac
keep_trace
case $status in
33) exit 0 ;;
35)
    # It takes this shell's place: it cleans up behind itself, and Ctrl-C ends it.
    if [ -n "$again" ] && [ "${log:=$work/serial}" != "$work/serial" ] && command -v python3 >/dev/null; then
        rm -rf "$work"
        exec "$top/tools/again.py" "$log" "$image"
    fi
    exit 1
    ;;
37) exit 2 ;;
39) exit 3 ;;
0)
    why="the machine reset itself (triple fault?) or was quit"
    [ -s "$work/serial" ] || why="$why; $unheard"
    note "QEMU ended without a verdict: $why"
    exit 3
    ;;
124 | 137)
    why="the kernel hangs"
    [ -s "$work/serial" ] || why=$unheard
    note "no verdict within $TIMEOUT s: $why, or TIMEOUT= is too short for this load"
    exit 4
    ;;
*) die "QEMU did not run the guest (its status: $status; its own message is above)" ;;
esac
