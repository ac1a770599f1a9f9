#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shim-tlb.sh FILE: the tree's <asm/tlb.h> or tlb.c with its asm statements replaced: its one INVLPG,
# and where it has them INVLPGB and TLBSYNC. Status 2 if it has another asm statement, or not these.
set -eu
file=$1
fail()
{
    echo "linux: $file: $*: tools/linux/shim-tlb.sh does not know this tree" >&2
    exit 2
}

out=$(sed -E '
s/^([[:space:]]*)asm volatile\("invlpg \(%0\)"[^;]*\(addr\)[^;]*\);/\1model_invlpg(addr);/
s/^([[:space:]]*)asm volatile\("\.byte 0x0f, 0x01, 0xfe"[^;]*\(rax\)[^;]*\(ecx\)[^;]*\(edx\)[^;]*\);/\1model_invlpgb(rax, ecx, edx);/
s/^([[:space:]]*)asm volatile\("\.byte 0x0f, 0x01, 0xff"[^;]*\);/\1model_tlbsync();/
s/^(#define _ASM_X86_TLB_H)$/\1\n#include <seam.h>/' "$file")

# has WHAT PATTERN; once too.
has() { [ "$(count "$2")" != 0 ] || fail "no $1"; }
once()
{
    has "$@"
    [ "$(count "$2")" = 1 ] || fail "more than one $1"
}
count() { printf '%s\n' "$out" | grep -cE "$1" || :; }

left=$(printf '%s\n' "$out" | grep -nE '\basm\b.*\(' | head -1) || :
[ -z "$left" ] || fail "an asm statement is left: $left"
once INVLPG '^[[:space:]]+model_invlpg\(addr\);$'
case $file in
*.h) once 'include guard _ASM_X86_TLB_H' '^#include <seam\.h>$' ;;
esac
if grep -q __tlbsync "$file"; then
    once INVLPGB '^[[:space:]]+model_invlpgb\(rax, ecx, edx\);$'
    has TLBSYNC '^[[:space:]]+model_tlbsync\(\);$'
fi
printf '%s\n' "$out"
