#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# explore.sh PROGRAM: `make explore`, with PROGRAM (build/model/explore) up to date. SCENARIO, CASE,
# REPLAY, METAL, LINUX, PAIRS, SEED, BUDGET, HOSTS, GDB, V, SVG, TRACE and APPEND (tools/variables) come from the environment. What SCENARIO, CASE
# and REPLAY name is known to the program, or to the kernel, alone.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/tools/lib.sh"

SCENARIO=${SCENARIO:-} CASE=${CASE:-} REPLAY=${REPLAY:-} GDB=${GDB:-} APPEND=${APPEND:-}

if [ -n "${METAL:-}" ]; then
    APPEND="${SCENARIO:+scenario=$SCENARIO }${CASE:+case=$CASE }${REPLAY:+replay=$REPLAY }$APPEND"
    export APPEND
    RUN=metal TIMEOUT=${TIMEOUT:-7200} exec "$top/run.sh"
fi

if [ -n "${PAIRS:-}" ]; then
    if [ -n "${HOSTS:-}" ]; then
        [ -r "$HOSTS" ] || die "HOSTS=$HOSTS: no such file"
        "$top/tools/setup.sh" hosts
    fi
    # shellcheck disable=SC2086 # APPEND is several options
    exec "$top/tests/explore/pairs.py" --jobs "$(nproc)" ${HOSTS:+--hosts "$HOSTS"} ${SEED:+--seed "$SEED"} ${BUDGET:+--budget "$BUDGET"} $APPEND
fi

[ -z "$GDB" ] || [ -n "$REPLAY" ] || die "GDB=1 is for one schedule: say REPLAY="
[ -z "${SVG-}" ] || [ -n "$SCENARIO" ] || die "SVG= draws what is red of one scenario: say SCENARIO="
[ -z "${SVG-}" ] || [ -z "$GDB" ] || die "SVG= and GDB=1: say one of them"
[ "${TRACE-}" = 1 ] || TRACE=
[ -z "$TRACE" ] || [ -n "$SCENARIO" ] || die "TRACE=1 is of one scenario: say SCENARIO="
[ -n "$SCENARIO" ] || [ -z "$CASE$REPLAY$GDB" ] || die "CASE=, REPLAY= and GDB=1 are of one scenario: say SCENARIO="

if [ -n "$SCENARIO" ]; then
    set -- "$1" "$SCENARIO" "$CASE" ${REPLAY:+"$REPLAY"}
fi
program=$1
shift
history=$(history_mode)
events=
[ -z "$SCENARIO" ] || [ -n "$GDB" ] || events=--events
# shellcheck disable=SC2086 # APPEND is several options
if [ -n "${LINUX:-}" ]; then
    set -- "$top/tools/linux/explore.sh" ${SCENARIO:+--history "$history"} $events $APPEND "$@"
else
    set -- "$program" --jobs "$(nproc)" --history "$history" $events $APPEND "$@"
fi
if [ -n "$GDB" ]; then
    set -- gdb -q -ex "source $top/tools/gdb/shootdown.py" -ex 'handle SIGSEGV nostop noprint pass' -ex 'tbreak model_show' -ex run --args "$@"
fi
[ -n "$events" ] || exec "$@"

# The lines for programs are not shown.
work=$(mktemp -d "${TMPDIR:-/tmp}/shootdown-explore.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
{
    status=0
    "$@" || status=$?
    echo "$status" >"$work/status"
} | tee "$work/log" | hide_events || true
[ -z "${SVG-}" ] || "$top/tools/history_svg.py" "$work/log" "$SVG" || true
if grep -q '^# rings: ' "$work/log"; then
    cd "$top"
    tools/trace.py "$work/log" "build/traces/$(echo "explore-$SCENARIO${CASE:+-$CASE}" | tr / -)" >"$work/traces" || true
    sed "s|^# |$me: |" "$work/traces" >&2
fi
[ -z "$TRACE" ] || grep -q '^# rings: ' "$work/log" || note "nothing is red, so no trace; REPLAY= shows a schedule that is not (REPLAY=a: the first)"
exit "$(cat "$work/status")"
