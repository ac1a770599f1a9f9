#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# kallsyms.sh IMAGE: the symbol table of <kernel/kallsyms.h>, as assembly on stdout, from
# a first link without it. Fails if a linker set is not in read-only memory.
set -eu

# Addresses have 64 bits, awk's numbers 53: compare the lower half, print the text.
"${NM:-nm}" -n "$1" | awk -v image="$1" '
function low(s,    i, v) {
	for (i = 9; i <= 16; i++)
		v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return v
}
{ addr[$3] = low($1) }
$2 ~ /^[tT]$/ && !($1 in seen) { seen[$1] = 1; at[n] = $1; name[n++] = $3 }
$3 ~ /^__(start|stop)_/ { bound[$3] = 1 }
function fail(what) {
	print "kallsyms: " what > "/dev/stderr"
	failed = 1
	exit 1
}
END {
	if (failed)
		exit 1
	if (!n || !("_rodata" in addr))
		fail("no symbols in " image)
	for (b in bound)
		if (addr[b] < addr["_rodata"] || addr[b] >= addr["_erodata"])
			fail(b " is outside read-only data: its members must be const")
	print "\t.section .kallsyms, \"a\"\n\t.balign 8"
	print "\t.globl kallsyms_count, kallsyms"
	print "kallsyms_count:\n\t.quad " n
	print "kallsyms:"
	for (i = 0; i < n; i++)
		print "\t.quad 0x" at[i] ", " i "f"
	for (i = 0; i < n; i++)
		print i ":\t.asciz \"" name[i] "\""
}' n=0 -
printf "\t.section .note.GNU-stack, \"\", @progbits\n"
