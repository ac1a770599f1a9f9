#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# check.sh [DIRECTORY]: the test files of tests/host, by prove. TESTS='0*' takes some of them.
# JUNIT=FILE: all results also as JUnit XML. The slowest files are named before prove's summary.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/tools/lib.sh"
cd "$top"
"$top/tools/setup.sh" build qemu iso uefi check debug ${JUNIT:+junit}
[ -z "${JUNIT-}" ] || (: >"$JUNIT") 2>/dev/null || die "JUNIT=$JUNIT: cannot be written"

# A test that cannot start its machine skips what needs it.
[ -z "${QEMU-}" ] || command -v "$QEMU" >/dev/null || die "QEMU=$QEMU: no such program"

dir=${1:-tests/host}
set -f
tests=
for pattern in ${TESTS:-*}; do
    some=$(find "$dir" -maxdepth 1 -name '*.t' \( -name "$pattern" -o -name "$pattern.t" \) | sort)
    [ -n "$some" ] || die "TESTS=$pattern: no such file in $dir"
    tests="$tests $some"
done

# If it does not build 01-build.t is red, and the others say what they could not do.
(
    unset MAKEFLAGS MFLAGS MAKELEVEL
    make image >/dev/null 2>&1
) || note "the kernel does not build"

PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
# prove's TAP is written there only if the variable is set.
[ -z "${JUNIT-}" ] || export PERL_TEST_HARNESS_DUMP_TAP="$scratch/tap"

# Three at a time on two CPUs, as some wait: those that measure time do until they are alone (hosttest.machine).
# shellcheck disable=SC2086 # a list of names without blanks
{
    status=0
    prove -j3 --timer $tests || status=$?
    echo "$status" >"$scratch/status"
} | "$top/tools/slowest.py"
[ -z "${JUNIT-}" ] || "$top/tools/junit.sh" "$scratch/tap" >"$JUNIT"
exit "$(cat "$scratch/status")"
