# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# What is kept of a run, in build/logs and build/traces, the newest fifty of each kind. Sourced by run.sh when QEMU has ended: $work/serial
# is the console, $image what ran, $shown_command what repeats it, $tmp_full that there is no room for the console.

kept=$(date +%Y%m%d-%H%M%S)-$$
# forget DIRECTORY SUFFIX: all but the newest fifty.
forget() { find "$1" -name "*.$2" | sort -r | tail -n +51 | xargs -r rm -f; }
cut_off=
room_in "$work" || {
    cut_off=1
    note "$tmp_full: no log and no trace of this run can be kept"
}

# keep_trace: if the kernel has printed its rings.
keep_trace()
{
    [ -z "$cut_off" ] || return 0
    [ -n "$TRACE" ] || grep -q '^# rings: ' "$work/serial" 2>/dev/null || return 0
    traces=$top/build/traces
    if command -v python3 >/dev/null; then
        "$top/tools/trace.py" "$work/serial" "$traces/$kept" >"$work/traces" || return 0
        sed "s|^# |$me: |;s|$top/||g" "$work/traces" >&2
        forget "$traces" txt
        forget "$traces" json
    elif [ -n "$TRACE" ]; then
        note "TRACE=1: there is no python3, so no trace"
    fi
}

# keep_log STATUS: the whole log of a run that failed stays in build/logs; what it says, in a few lines.
logs=$top/build/logs
keep_log()
{
    { [ -z "$cut_off" ] && [ -s "$work/serial" ]; } || return 0
    log=$logs/$kept.log
    if ! { mkdir -p "$logs" && { echo "# $shown_command" && cat "$work/serial"; } >"$log"; } 2>/dev/null; then
        note "the log could not be kept: $logs cannot be written, or the disk is full"
        log=$work/serial
    fi
    ! command -v python3 >/dev/null || python3 "$top/tools/failure.py" "$log" "$image" "$1" || true
    [ "$log" = "$work/serial" ] || note "the whole log: build/logs/${log##*/}"
    forget "$logs" log
}
