#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shim-tlb.sh HEADER: the tree's <asm/tlb.h> with its asm statements replaced: INVLPG, and where it
# has them INVLPGB and TLBSYNC. Status 2 if it has another asm statement, or none of one of these.
set -eu
header=$1
tab=$(printf '\t')
fail()
{
    echo "linux: $header: $*: tools/linux/shim-tlb.sh does not know this tree" >&2
    exit 2
}

out=$(sed -E '
s/^([[:space:]]*)asm volatile\("invlpg \(%0\)"[^;]*\(addr\)[^;]*\);/\1model_invlpg(addr);/
s/^([[:space:]]*)asm volatile\("\.byte 0x0f, 0x01, 0xfe"[^;]*\(rax\)[^;]*\(ecx\)[^;]*\(edx\)[^;]*\);/\1model_invlpgb(rax, ecx, edx);/
s/^([[:space:]]*)asm volatile\("\.byte 0x0f, 0x01, 0xff"[^;]*\);/\1model_tlbsync();/
s/^(#define _ASM_X86_TLB_H)$/\1\n#include <seam.h>/' "$header")
left=$(printf '%s\n' "$out" | grep -nE '\basm\b.*\(' | head -1) || :
[ -z "$left" ] || fail "an asm statement is left: $left"
case $out in
*"${tab}model_invlpg(addr);"*) ;;
*) fail 'no INVLPG' ;;
esac
case $out in
*'#include <seam.h>'*) ;;
*) fail 'no include guard _ASM_X86_TLB_H' ;;
esac
if grep -q __tlbsync "$header"; then
    case $out in
    *'model_invlpgb(rax'*'model_tlbsync();'*) ;;
    *) fail 'INVLPGB or TLBSYNC not found' ;;
    esac
fi
printf '%s\n' "$out"
