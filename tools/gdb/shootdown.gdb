# SPDX-License-Identifier: GPL-2.0
# GDB on a guest that make debug has started:
#
#	make debug SMP=4
#	gdb -x tools/gdb/shootdown.gdb build/debug/shootdown.elf
#
# then "shootdown break-walker", "continue", "info threads"; "help shootdown" lists the rest.
# A CPU is a thread: "thread apply all backtrace" shows what each of them does.
set pagination off
set confirm off
set architecture i386:x86-64
# The others wait while one is stepped, or it would never arrive.
set schedule-multiple on
source tools/gdb/shootdown.py
shootdown connect
