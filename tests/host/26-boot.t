#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a machine or a boot loader may be like: odd command lines, topologies, CPUs without this or that."""
import re

from hosttest import IMAGE, LIMIT, boot, done, machine, need_kernel, ok, one_line, run

names = need_kernel("unit")

QEMU = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none", "-no-reboot",
        "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-accel", "tcg,thread=single", "-cpu", "max",
        "-machine", "q35", "-m", "256"]


def direct(cmdline, *options, timeout=LIMIT):
    """QEMU's own loader hands the command line through as it is; run.sh does not let such ones pass."""
    with machine():
        return run([*QEMU, "-kernel", IMAGE, "-append", cmdline, *options], timeout=timeout)


## The command line: one splitter for the options that are needed early and for all others.

SECOND_PORT = ["-serial", "null", "-serial", "stdio"]
for space in (" ", "\t", "\n", "\r\n", " \t "):
    result = direct(f"console=0x2f8{space}debugexit=0xf4{space}run=list", *SECOND_PORT)
    ok(result.status == 33 and "# list: job unit" in result.out, f"console=0x2f8 before {space!r} is obeyed", result)
result = direct("debugexit=0xf4\trun=unit\ntests=param", "-serial", "stdio")
ok(result.status == 33 and re.search(r"^# job unit, .*debugexit=0xf4 run=unit tests=param$", result.out, re.M),
   "an option line with tabs is printed as one line", result)
for cmdline, says in (
    ('debugexit=0xf4 run=list tests="a b"', "quote"), ("debugexit=0xf4 " + "seed=1 " * 400, "longer than"),
    ("debugexit=0xf4 run=list =1", "unknown option"), ("debugexit=0xf4 run=list \x01=1", "unknown option"),
    ("debugexit=0xf4 run=list console=" + "0" * 60 + "x3f8", "refused"),
):
    result = direct(cmdline, "-serial", "stdio")
    ok(result.status == 37 and len(re.findall(f"^error: .*{says}", result.out, re.M)) == 1,
       f"{cmdline[:60]!r}: status and one line", result)

## How many CPUs: maxcpus= has Linux's meaning, and helps where the MADT does not.

for value, cpus in ((0, 1), (1, 1), (3, 3), (4, 4), (9, 4), (100000, 4)):
    result = boot(SMP=4, RUN="list", APPEND=f"maxcpus={value}")
    ok(result.status == 0 and f"shootdown: {cpus} CPUs up" in result.out, f"maxcpus={value} of 4: {cpus}", result)
    said = re.findall(r"^# CPUs: .*lists up to 4, .*maxcpus=", result.out, re.M)
    ok(len(said) == (value == 3), f"maxcpus={value}: it is said that CPUs are left out, if any", result)
for value in ("x", "-1", ""):
    result = boot(SMP=4, RUN="list", APPEND=f"maxcpus={value}", timeout=LIMIT)
    one_line(result, "^error: maxcpus=", f"maxcpus={value!r}", channel="both")
result = boot(SMP=1, RUN="list", QEMUOPTS="-machine microvm,acpi=off", APPEND="maxcpus=1", timeout=LIMIT)
ok(result.status == 0 and "shootdown: 1 CPUs up" in result.out, "no ACPI, but maxcpus=1: the way out that is offered",
   result)

done()
