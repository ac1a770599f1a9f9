#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scan.sh FILE OBJECT: status 2 if the object, compiled from FILE of a Linux tree, still has an
# instruction that must be a step of the model: the shim headers have missed it.
set -eu
found=$(objdump -d --no-show-raw-insn "$2" | awk '
    /^[0-9a-f]+ <.*>:$/ { fn = $2; gsub(/[<>:]/, "", fn) }
    /\t(lock|cli|sti|hlt|pushf|popf|invlpg|invpcid|mfence|pause|rdtsc|invlpgb|tlbsync|iret|swapgs)/ ||
    /%cr[0-9]/ || /%[gf]s:/ || /\txchg .*\(/ || /\(bad\)/ {
        sub(/^[^\t]*\t/, ""); print fn ": " $0; n++ }
    END { exit n > 0 }') && exit 0
echo "linux: $1: instructions that are no steps of the model:" >&2
printf '%s\n' "$found" | sed 's/^/  /' | sed -n 1,10p >&2
rm -f "$2"
exit 2
