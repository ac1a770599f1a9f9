#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# setup.sh NEED...   makes sure that the host has what a run needs, and nothing more.
#   NEED: one of those that tools_of() has
# With root on Debian or a child of it the missing packages are installed; elsewhere the
# command that would do it is printed. Status 2 if something is still missing.
set -eu
. "$(dirname "$0")/lib.sh"

has() { command -v "$1" >/dev/null 2>&1; }

# package_names TOOL: for Debian, Fedora and Arch; where a TOOL needs two packages, joined by +.
package_names()
{
    case $1 in
    gcc) echo gcc gcc gcc ;;
    binutils) echo binutils binutils binutils ;;
    make) echo make make make ;;
    python3) echo python3 python3 python ;;
    qemu) echo qemu-system-x86 qemu-system-x86-core qemu-system-x86 ;;
    mkrescue) echo grub-common grub2-tools-extra grub ;;
    grub-bios) echo grub-pc-bin grub2-pc-modules grub ;;
    grub-efi) echo grub-efi-amd64-bin grub2-efi-x64-modules grub ;;
    xorriso) echo xorriso xorriso libisoburn ;;
    mtools) echo mtools mtools mtools ;;
    ovmf) echo ovmf edk2-ovmf edk2-ovmf ;;
    shellcheck) echo shellcheck ShellCheck shellcheck ;;
    clang-format) echo clang-format clang-tools-extra clang ;;
    prove) echo perl perl-Test-Harness perl ;;
    gdb) echo gdb gdb gdb ;;
    tap2junit) echo libtap-formatter-junit-perl perl-TAP-Formatter-JUnit perl-tap-formatter-junit ;;
    bear) echo bear bear bear ;;
    gnuplot) echo gnuplot-nox gnuplot gnuplot ;;
    dpkg-source) echo dpkg-dev dpkg-dev dpkg ;;
    patch) echo patch patch patch ;;
    ninja) echo ninja-build ninja-build ninja ;;
    meson) echo meson meson meson ;;
    pkg-config) echo pkg-config pkgconf-pkg-config pkgconf ;;
    flex) echo flex flex flex ;;
    bison) echo bison bison bison ;;
    m4) echo m4 m4 m4 ;;
    bc) echo bc bc bc ;;
    xz) echo xz-utils xz xz ;;
    spatch) echo coccinelle coccinelle coccinelle ;;
    parallel) echo parallel parallel parallel ;;
    ssh) echo openssh-client openssh-clients openssh ;;
    rsync) echo rsync rsync rsync ;;
    libc) echo libc6-dev glibc-devel glibc ;;
    libc-static) echo libc6-dev glibc-static glibc ;;
    glib) echo libglib2.0-dev glib2-devel glib2 ;;
    pixman) echo libpixman-1-dev pixman-devel pixman ;;
    fdt) echo libfdt-dev libfdt-devel dtc ;;
    zlib) echo zlib1g-dev zlib-devel zlib ;;
    esac
}

library() { has pkg-config && pkg-config --exists "$1"; }

present()
{
    case $1 in
    # The user provides a program that the user names.
    gcc) [ -n "${CC-}" ] || has gcc ;;
    binutils) has ld && has as && has nm && has objcopy ;;
    qemu) [ -n "${QEMU-}" ] || has qemu-system-x86_64 ;;
    mkrescue) grub_mkrescue >/dev/null ;;
    grub-bios) [ -d /usr/lib/grub/i386-pc ] ;;
    grub-efi) [ -d /usr/lib/grub/x86_64-efi ] ;;
    mtools) has mformat && has mcopy ;;
    ovmf) ovmf_files >/dev/null ;;
    # perl-base has no prove, and prove without its modules does not start.
    prove) has prove && prove --version >/dev/null 2>&1 ;;
    libc) [ -e /usr/include/stdlib.h ] ;;
    # Without a compiler it is not known where it would be.
    libc-static) ! has "${CC:-gcc}" || [ -e "$("${CC:-gcc}" -print-file-name=libc.a)" ] ;;
    glib) library glib-2.0 ;;
    pixman) library pixman-1 ;;
    zlib) library zlib ;;
    # Has no .pc file everywhere.
    fdt) [ -e /usr/include/libfdt.h ] ;;
    # moreutils has another program of that name.
    parallel) has parallel && parallel --version 2>/dev/null | grep -q GNU ;;
    *) has "$1" ;;
    esac
}

# tools_of NEED: what it takes; status 1 if there is no such NEED.
tools_of()
{
    case $1 in
    build) echo gcc binutils make ;;
    qemu) echo qemu ;;
    bios) echo mkrescue grub-bios xorriso mtools ;;
    uefi) echo mkrescue grub-efi xorriso mtools ovmf ;;
    iso) echo mkrescue grub-bios grub-efi xorriso mtools ;;
    check) echo python3 prove shellcheck clang-format libc ;;
    debug) echo python3 gdb ;;
    linux) echo gcc binutils make libc flex bison m4 bc xz patch ;;
    cocci) echo spatch ;;
    junit) echo tap2junit ;;
    database) echo gcc binutils make bear ;;
    plots) echo python3 gnuplot ;;
    parallel) echo parallel python3 ;;
    hosts) echo parallel ssh rsync ;;
    guest) echo gcc binutils make python3 libc libc-static ;;
    qemu-build) echo python3 patch dpkg-source ninja meson pkg-config libc glib pixman fdt zlib ;;
    *) return 1 ;;
    esac
}

missing_tools()
{
    for need; do
        for tool in $(tools_of "$need"); do
            present "$tool" || echo "$tool"
        done
    done | sort -u
}

one_line() { tr '\n' ' ' | sed 's/ $//'; }

# distro_packages FIELD TOOL...: 1 Debian, 2 Fedora, 3 Arch
distro_packages()
{
    field=$1
    shift
    for tool; do
        package_names "$tool"
    done | cut -d ' ' -f "$field" | sort -u | one_line
}

apt_install()
{
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list
    apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install $1 </dev/null
}

for need; do
    tools_of "$need" >/dev/null || die "$need: nothing known by that name"
done
missing=$(missing_tools "$@")
[ -n "$missing" ] || exit 0

# shellcheck disable=SC2086 # $missing is a list from here on
debian=$(distro_packages 1 $missing)
if [ "$(id -u)" = 0 ] && has apt-get && grep -Eqs '^ID(_LIKE)?=.*(debian|ubuntu)' "${OS_RELEASE:-/etc/os-release}"; then
    note "installing (apt-get): $debian"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if ! find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null | grep -q .; then
        apt-get -q update </dev/null >"$log" 2>&1 || true
    fi
    # The lists may be too old for the mirror: once more with new ones.
    if ! apt_install "$debian" >"$log" 2>&1; then
        apt-get -q update </dev/null >"$log" 2>&1 || true
        apt_install "$debian" >>"$log" 2>&1 || {
            cat "$log" >&2
            die "apt-get could not install: $debian"
        }
    fi
    hash -r
    missing=$(missing_tools "$@")
    [ -z "$missing" ] || die "installed, but still not found: $(echo "$missing" | one_line)"
    exit 0
fi

# shellcheck disable=SC2086
{
    note "missing: $(echo "$missing" | one_line). Install with"
    echo "  Debian, Ubuntu: sudo apt-get install --no-install-recommends $debian"
    echo "  Fedora:         sudo dnf install $(distro_packages 2 $missing)"
    echo "  Arch:           sudo pacman -S --needed $(distro_packages 3 $missing)"
} >&2
exit 2
