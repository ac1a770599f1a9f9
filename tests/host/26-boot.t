#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a machine or a boot loader may be like: odd command lines, topologies, CPUs without this or that."""
import concurrent.futures
import re
import tempfile

from bare import SECOND_SERIAL, SERIAL, direct, null_image
from hosttest import LIMIT, QEMU, boot, done, machine, need_kernel, ok, one_line, run, skip

names = need_kernel("unit")


def boots(runs):
    """The results of boot() with each of these variables. Most of their time is spent waiting for what does not come:
    three at a time."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return list(pool.map(lambda variables: boot(**variables), runs))


## The command line: one splitter for the options that are needed early and for all others.

for space in (" ", "\t", "\n", "\r\n", " \t "):
    result = direct(f"console=0x2f8{space}debugexit=0xf4{space}run=list", *SECOND_SERIAL)
    ok(result.status == 33 and "# list: job unit" in result.out, f"console=0x2f8 before {space!r} is obeyed", result)
result = direct("debugexit=0xf4\trun=unit\ntests=param", *SERIAL)
ok(result.status == 33 and re.search(r"^# job unit, .*debugexit=0xf4 run=unit tests=param$", result.out, re.M),
   "an option line with tabs is printed as one line", result)
for cmdline, says in (
    ('debugexit=0xf4 run=list tests="a b"', "quote"), ("debugexit=0xf4 " + "seed=1 " * 400, "longer than"),
    ("debugexit=0xf4 run=list =1", "unknown option"), ("debugexit=0xf4 run=list \x01=1", "unknown option"),
    ("debugexit=0xf4 run=list console=" + "0" * 60 + "x3f8", "refused"),
):
    result = direct(cmdline, *SERIAL)
    ok(result.status == 37 and len(re.findall(f"^error: .*{says}", result.out, re.M)) == 1,
       f"{cmdline[:60]!r}: status and one line", result)

## CPUs without what the image needs, each taken out; and without what it can do without.

for feature, name in (
    ("fxsr", "FXSR"), ("sse", "SSE"), ("sse2", "SSE2"), ("tsc", "TSC"), ("apic", "local APIC"), ("nx", "NX"),
    ("lm", "64 bits"), ("pae", "PAE"), ("msr", "MSR"), ("cmov", "CMOV"), ("sse2,-fxsr", "FXSR, SSE2"),
):
    result = boot(SMP=2, OPS="collapse", DURATION=1, QEMUOPTS=f"-cpu max,-{feature}", timeout=LIMIT)
    one_line(result, f"^error: this CPU does not offer {name}: ", f"-cpu max,-{feature}", channel="both")
result = boot(SMP=2, FIRMWARE="uefi", QEMUOPTS="-cpu max,-nx", timeout=60)
ok(result.status == 2 and "error: this CPU does not offer NX" in result.err,
   "said before there is a command line, under UEFI: on the firmware's port, and passed on", result)
WITHOUT = "pge mce mca cx8 clflush pat mtrr pse pse36 sep de vme mmx syscall pdpe1gb rdtscp fpu pni sse4.1 popcnt x2apic " \
    "tsc-deadline hypervisor fsgsbase smep smap umip erms rdrand la57 invtsc xsave arat"
result = boot(SMP=2, OPS="collapse,zap", POLICY="broadcast", DURATION=1,
              QEMUOPTS="-cpu max," + ",".join(f"-{f}" for f in WITHOUT.split()), timeout=60)
ok(result.status == 0, f"without {WITHOUT}: green", result)

## A machine that does not start the image

# What it runs in the image's place, and so whether it resets, hangs or ends by an assertion of QEMU's, depends on the
# image's bytes. Those of ours depend on where the tree is.
LIMITS = (60, 3)
with tempfile.TemporaryDirectory() as tmp:
    null = null_image(tmp)
    results = boots({"SMP": 2, "RUN": "list", "IMAGE": null, "QEMUOPTS": "-machine pc-i440fx-2.7", "timeout": n} for n in LIMITS)
for limit, result in zip(LIMITS, results):
    said = re.findall("^run.sh: (?:no first line|no verdict|QEMU ended).* printed nothing.*PVH.*FIRMWARE=bios", result.err, re.M)
    ok(result.status in (3, 4) and len(said) == 1 and result.seconds < 40,
       f"-machine pc-i440fx-2.7, which knows no PVH, {limit} s: a status and one line, soon", result)
result = boot(SMP=2, RUN="list", QEMUOPTS="-machine pc", timeout=60)
ok(result.status == 0, "-machine pc", result)

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

## IPIs arrive on every topology: holes in the APIC IDs, threads, nodes, CPUs that may be or were added.

HOLE = "-smp 6,sockets=2,cores=3,threads=1"
NODES = " ".join(f"-object memory-backend-ram,id=m{n},size=128M -numa node,cpus={n * 2}-{n * 2 + 1},memdev=m{n}"
                 for n in (0, 1))
ADDED = "-smp 2,sockets=3,cores=3,threads=1,maxcpus=9 -device max-x86_64-cpu,socket-id=2,core-id=1,thread-id=0"
FALLS_BACK = r"^# IPIs: flat logical interrupts do not reach CPU\d+ .*physical destinations are used$"
TOPOLOGIES = (
    (HOLE, 6), ("-smp 12,sockets=2,cores=3,threads=2", 12), ("-smp 9,sockets=3,cores=3,threads=1", 9),
    ("-smp 6,sockets=3,cores=1,threads=2", 6), ("-smp 4,maxcpus=8", 4), (f"-smp 4 {NODES}", 4), (ADDED, 3),
    ("-smp 1,maxcpus=5,sockets=1,cores=5 -device max-x86_64-cpu,socket-id=0,core-id=4,thread-id=0", 2),
)
IPIS = {"RUN": "unit", "TESTS": "arch_ipi", "timeout": 60}
results = boots({**IPIS, "APPEND": "apic=xapic", "QEMUOPTS": topology} for topology, _ in TOPOLOGIES)
for (topology, cpus), result in zip(TOPOLOGIES, results):
    ok(result.status == 0 and f"shootdown: {cpus} CPUs up" in result.out, f"{topology}: each CPU is reached", result)
    if topology in (HOLE, ADDED):
        # Later versions deliver there, and have nothing to say.
        said = re.search(FALLS_BACK, result.out, re.M)
        ok(said or "QEMU 7." not in result.err, f"{topology}: QEMU 7 passes over a CPU, and a line says so", result)
X2APIC = "x2APIC," in boot(SMP=2, RUN="list").out
for topology in (HOLE, "-smp 40,sockets=2,cores=10,threads=2", "-smp 270"):
    if not X2APIC:
        skip(f"{topology}: each CPU is reached in x2APIC mode", "this QEMU emulates no x2APIC (9 and later do)")
        continue
    # Too many for run.sh's own check of SMP=, so that QEMU judges; 270 have IDs from 255 on.
    result = boot(**{**IPIS, "timeout": 110}, MEM=1100, QEMUOPTS=topology)
    ok(result.status == 0 and "# IPIs" not in result.out, f"{topology}: each CPU is reached in x2APIC mode", result)
result = boot(QEMUOPTS=HOLE, DURATION=1, OPS="zap,collapse", POLICY="broadcast", timeout=60)
ok(result.status == 0, f"{HOLE}: a torture run", result)
result = boot(QEMUOPTS=HOLE, RUN="unit", TESTS="smp", timeout=60)
ok(result.status == 0, f"{HOLE}: calls to other CPUs", result)

# The same on good hardware, with interrupts that are lost on their way: no way is used untried.
LOST = {
    "ipi-logical:0": "(flat logical|cluster) interrupts do not reach CPU0 .* from CPU1: physical destinations",
    "ipi-logical:3": "(flat logical|cluster) interrupts do not reach CPU3 .* from CPU0: physical destinations",
    "ipi-shorthand:2": "all but self do not reach CPU2 .*: masks",
    "ipi-nmi-logical:1": "(flat logical|cluster) NMIs do not reach CPU1 .*: physical ones",
}
for lost, result in zip(LOST, boots({**IPIS, "SMP": 4, "APPEND": f"inject={lost}"} for lost in LOST)):
    ok(result.status == 0 and len(re.findall(f"^# IPIs: .*{LOST[lost]} are used$", result.out, re.M)) == 1,
       f"inject={lost}: the next way is taken, and a line says so", result)
# The test waits for eight seconds then.
for lost, result in zip(LOST, boots({**IPIS, "SMP": 4, "APPEND": f"inject={lost},ipi-trust watchdog=1"} for lost in LOST)):
    ok(result.status in (1, 3), f"inject={lost}: where it is not tried, interrupts are lost", result)
NONE_LEFT = {
    "ipi-physical:2": "CPU2 .*physical.* from CPU0 .*maxcpus=2",
    "ipi-physical:0": "CPU0 .*physical.* from CPU1 .*maxcpus=1",
    "ipi-nmi-logical:1,ipi-nmi:3": "CPU3 .*NMIs from CPU0 .*maxcpus=3",
}
for lost, result in zip(NONE_LEFT, boots({"SMP": 4, "RUN": "list", "APPEND": f"inject={lost}"} for lost in NONE_LEFT)):
    one_line(result, f"^error: {NONE_LEFT[lost]}", f"inject={lost}: no way is left", channel="both")
result = boot(**IPIS, SMP=4)
ok("# IPIs" not in result.out, "and where all arrives there is nothing to say", result)

done()
