#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# places.sh IMAGE: where the calls of __observe() stand, <kernel/kallsyms.h>, as assembly on stdout,
# from a first link without it. An image without hooks has none.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)

# "address of the call, address of the instruction behind it"
calls=$("${OBJDUMP:-objdump}" -d --no-show-raw-insn "$1" | awk '
call { print call, substr($1, 1, length($1) - 1); call = "" }
/call +[0-9a-f]+ <__observe>/ { call = substr($1, 1, length($1) - 1) }')

# Of each call addr2line prints its address and then, from the innermost function on, pairs of
# lines: the function, and FILE:LINE.
echo "$calls" | cut -d' ' -f1 | "${ADDR2LINE:-addr2line}" -a -f -i -e "$1" |
    awk -v calls="$calls" -v top="$top/" '
function end_of_call() {
	if (n && text != "")
		print "\t.quad 0x" ip[n] ", " n "f"
	if (n)
		said[n] = text
}
BEGIN {
	if (calls == "")
		exit
	lines = split(calls, line, "\n")
	for (i = 1; i <= lines; i++) {
		split(line[i], word, " ")
		ip[i] = word[2]
	}
	print "\t.section .kallsyms, \"a\"\n\t.balign 8"
	print "\t.globl places_count, places\nplaces:"
}
/^0x[0-9a-f]+$/ { end_of_call(); n++; text = ""; odd = 0; next }
{ odd = !odd }
odd { function_name = $0; next }
text == "" && !/\.h:/ {
	sub(/ .*/, "")
	if (index($0, top) == 1)
		$0 = substr($0, length(top) + 1)
	text = function_name " " $0
}
END {
	if (!n)
		exit
	end_of_call()
	for (i = 1; i <= n; i++)
		if (said[i] != "") {
			named++
			print i ":\t.asciz \"" said[i] "\""
		}
	print "\t.balign 8\nplaces_count:\n\t.quad " named + 0
}'
