#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# LINUX=... explore.sh [OPTION...] [SCENARIO [CASE [REPLAY]]]: explores a Linux tree on the modelled
# x86 and prints the table, tools/linux/table.py. With a scenario, what the explorer prints of that.
# Status: the explorer's; 2 also if the tree cannot be had or does not fit.
set -eu
cd "$(dirname "$0")/../.."
dir=$(tools/linux/prepare.sh)
tools/linux/build.sh "$dir" >&2
for word; do
    case $word in
    --*) ;;
    *[!0-9]*) exec "$dir/explore" --jobs "$(nproc)" "$@" ;;
    esac
done
status=0
"$dir/explore" --jobs "$(nproc)" "$@" >"$dir/explore.tap" || status=$?
tools/linux/table.py "$dir"
exit "$status"
