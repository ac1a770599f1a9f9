#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What reads strangers' data at boot, on the host under ASan and UBSan: memory maps, ACPI tables, command
lines, whole ones and seeded mutations of them, each answer compared with that of a second reader."""
import os
import random
import re
import struct
import subprocess
import tempfile

from bootdata import (GIB, NR_CPUS, Memory, block, delivered, free_pages, lapic, madt, mmap_tag, other, read_block, read_cpus,
                      read_line, rsdp, screen_of, screen_tag, summed, table, tag, x2apic)
from hosttest import TOP, clean_environment, done, ok

FLAGS = ("-std=gnu11 -O1 -g -ffreestanding -fno-strict-aliasing -fwrapv -no-pie -fno-pie -Wall -Wextra -Werror "
         "-Wno-unused-parameter -Wno-sign-compare -fsanitize=address,undefined -fno-sanitize-recover=all "
         "-D_text=image_text -D_end=image_end -DCONFIG_HOOKS=0 -DCONFIG_LOCKDEP=0 " f"-DCONFIG_NR_CPUS={NR_CPUS} "
         "-include tests/host/boot/include/msr.h -Itests/host/boot -Itests/host/boot/include -Ikernel/include "
         "-Iarch/x86/include -Iboot/include -Iarch/x86").split()
IMAGE_AT = (0x100000, 0x180000)
LINK = ["-no-pie", "-fsanitize=address,undefined", *(f"-Wl,--defsym={name}={at:#x}"
                                                     for name, at in zip(("image_text", "image_end"), IMAGE_AT))]
CODE = ("boot/boot_info.c", "boot/multiboot2.c", "boot/pvh.c", "arch/x86/memory.c", "arch/x86/acpi.c",
        "arch/x86/apic.c", "arch/x86/apic_xapic.c", "arch/x86/apic_x2apic.c", "arch/x86/ipi.c", "kernel/memblock.c",
        "kernel/param.c")
OWN = ("tests/host/boot/main.c", "tests/host/boot/kinds.c")
RANGES = 256
SEED = 0x5eed


## The program


def compiled(source, to, text=None):
    """An object of a source, or of another text in its place."""
    command = ["gcc", *FLAGS, "-c", "-o", to, *(("-x", "c", "-", f"-I{os.path.dirname(source)}") if text else (source,))]
    return subprocess.run(command, input=text, text=True, capture_output=True, env=clean_environment(), check=False)


def linked(objects, to):
    return subprocess.run(["gcc", *LINK, "-o", to, *objects], text=True, capture_output=True, check=False)


class Answers:
    def __init__(self, lines, status, err):
        self.lines, self.status, self.err = lines, status, err


def asked(program, inputs):
    """The fields of the line for each input. An input: its kind, argument, bytes, what lies in memory."""
    stream = []
    for kind, arg, data, memory in inputs:
        for put, at, what in memory:
            stream.append(struct.pack("<QI", at, len(what)) + put + what)
        stream.append(struct.pack("<QI", arg, len(data)) + kind + data)
    result = subprocess.run([program], input=b"".join(stream), capture_output=True, timeout=300, check=False)
    lines = [line.split("\t") for line in result.stdout.decode("latin-1").split("\n")[:-1]]
    return Answers(lines, result.returncode, result.stderr.decode("utf-8", "replace"))


## Memory maps


def ranges(text):
    return [tuple(int(x, 16) for x in r.split("-")) for r in text.split()]


def within(some, all_):
    return all(any(b <= x and y <= e for b, e in all_) for x, y in some)


def judge_map(entries, damaged, fields):
    """None, or what is wrong with the answer."""
    got, error = ranges(fields[3]), re.search("error: ([^|]*)", fields[-1])
    want, nr_usable, nr_claimed = free_pages(entries)
    if damaged:
        return None if error and not got else "damaged, and not refused"
    if not error and not within(got, want):
        return f"memory made free: {got} of {want}"
    exact = max(nr_usable, nr_claimed) <= RANGES
    image = any(b <= IMAGE_AT[0] and IMAGE_AT[1] <= e for b, e in want)
    if error and exact and image:
        return "refused"
    if not error and not image:
        return "no room for the image, and not refused"
    return f"{got} is not {want}" if exact and not error and got != want else None


def random_map(rng, n):
    entries = [(0, 0x9fc00, True), (0x100000, rng.choice((64, 256, 3000)) << 20, True)]
    while len(entries) < n:
        base = rng.choice((rng.randrange(0x200000, 256 << 20), rng.randrange(4 * GIB), rng.randrange(64 * GIB)))
        size = rng.choice((rng.randrange(1, 0x10000), 0x1000, rng.randrange(256 << 20), 0))
        entries.append((base & ~rng.choice((0, 0xfff)), size, rng.random() < 0.3))
    rng.shuffle(entries)
    return entries


def mutated(rng, raw):
    raw = bytearray(raw or b"\0")
    for _ in range(rng.choice((1, 1, 2, 5))):
        raw = raw or bytearray(1)
        at = rng.randrange(len(raw))
        how = rng.randrange(4)
        if how == 0:
            raw[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            raw[at] = rng.choice((0, 0xff, 0x7f, rng.randrange(256)))
        elif how == 2:
            at &= ~3
            raw[at:at + 4] = struct.pack("<I", rng.choice((0, 1, 7, 8, 15, 16, 23, 24, 0x7fffffff, 0xfffffff8, 0xffffffff)))
        else:
            del raw[at:at + rng.choice((1, 4, 8))]
    return bytes(raw) or b"\0"


def block_inputs(rng, n):
    """(what, raw, at): whole blocks, then mutations."""
    plain = [(0, 0x9fc00, True), (0x100000, 127 << 20, True), (0xfffc0000, 0x40000, False)]
    last_reserves = [(0x100000, 127 << 20, True), (0, 0x9fc00, True),
                     *((0xc0000000 + i * 0x1000, 0x1000, False) for i in range(510)), (0x3000000, 16 << 20, False)]
    apart = [(0x100000, 127 << 20, True), *((0x2000000 + i * 0x3000, 0x1000, False) for i in range(600))]
    islands = [(0x100000, 16 << 20, True), *((0x8000000 + i * 0x4000, 0x1000 * (1 + i % 2), True) for i in range(600))]
    yield "an ordinary map", block(mmap_tag(plain)), 0x10000
    yield "513 entries, the last one reserves", block(mmap_tag(last_reserves)), 0x10000
    yield "the same backwards", block(mmap_tag(last_reserves[::-1])), 0x10000
    yield "600 reserved ranges apart", block(mmap_tag(apart)), 0x10000
    yield "the same, shuffled", block(mmap_tag(rng.sample(apart, len(apart)))), 0x10000
    yield "600 pieces of RAM", block(mmap_tag(islands)), 0x10000
    yield "reserved past the end of all addresses", block(mmap_tag(plain + [(0x4000000, (1 << 64) - 0x1000, False)])), 0x10000
    yield "RAM past the end of all addresses", block(mmap_tag(plain + [(0x40000000, (1 << 64) - 0x1000, True)])), 0x10000
    yield "entries of 32 bytes", block(mmap_tag(plain, 32)), 0x10000
    yield "two maps", block(mmap_tag(plain), mmap_tag([(0x2000000, 0x100000, False)])), 0x10000
    yield "a module", block(mmap_tag(plain), tag(3, struct.pack("<II", 0x2000000, 0x2345678) + b"x\0")), 0x10000
    yield "at an address that is not aligned", block(mmap_tag(plain)), 0x10003
    yield "that ends at 4 GiB", block(mmap_tag(plain)), 4 * GIB - len(block(mmap_tag(plain)))
    yield "no tag", block(), 0x10000
    yield "no last tag", block(mmap_tag(plain), end=False), 0x10000
    for kind in (1, 3, 6, 11, 14, 15):
        yield f"tag {kind} of 8 bytes, last of all", block(mmap_tag(plain), tag(kind, b""), end=False), 0x10000
        yield f"tag {kind} of 8 bytes", block(mmap_tag(plain), tag(kind, b"")), 0x10000
    yield "a map tag of 8 bytes alone", block(tag(6, b""), end=False), 0x10001
    for cut in (1, 8, 12, 23):
        yield f"a map cut by {cut} bytes", block(tag(6, mmap_tag(plain)[8:-cut])), 0x10000
    for i in range(n):
        raw = block(tag(1, b"run=list\0"), mmap_tag(random_map(rng, rng.choice((3, 8, 40, 300, 700)))),
                    tag(3, struct.pack("<II", 0x2000000, 0x2100000) + b"m\0"), tag(15, bytes(36)))
        whole = i % 4 == 0
        raw = raw if whole else mutated(rng, raw).ljust(8, b"\0")
        if i % 4 == 1:
            raw = struct.pack("<I", len(raw)) + raw[4:]
        yield f"no. {i}", raw, rng.choice((0x10000, 0x10004, 0x10001))


def placed(raw, at):
    """The block as it lies in memory: nothing around it, unless its size says that there is more."""
    total = struct.unpack_from("<I", raw)[0]
    return (b"x", at, raw[:max(total, 8)]) if total <= len(raw) else (b"p", at, raw)


def check_blocks(program, n):
    rng = random.Random(SEED)
    given = list(block_inputs(rng, n))
    answers = asked(program, [(b"M", at, b"", [placed(raw, at)]) for _, raw, at in given])
    wrong = [f"{what}: {why}; {fields[-1]}"
             for (what, raw, at), fields in zip(given, answers.lines)
             for why in [judge_map(*read_block(raw, at), fields)] if why]
    return verdict(answers, given, wrong)


## Screens


def screens(rng, n):
    """Fields of a framebuffer's tag: what machines have, what cannot be, and edges of both."""
    yield from ((0xfd000000, 5120, 1280, 800, 32, 1), (0xb8000, 160, 80, 25, 16, 2), (0xe0000000, 2400, 800, 600, 24, 1),
                (0x4000000000, 7680, 1920, 1080, 32, 1), (1 << 32, 160, 80, 25, 16, 2), (0x2000000, 5120, 1280, 800, 32, 1),
                (0xfd000000, 320, 320, 200, 8, 0), (0xfd000000, 0, 0, 0, 0, 1), (0xfd000000, 5119, 1280, 800, 32, 1),
                (0xc0000000, 16384, 4096, 12288, 32, 1), (0xc0000000, 16384, 4096, 12289, 32, 1),
                ((1 << 64) - 4096000, 5120, 1280, 800, 32, 1), ((1 << 64) - 4096001, 5120, 1280, 800, 32, 1))
    for _ in range(n):
        width, depth = rng.choice((1, 80, 640, 1920, 1 << 31)), rng.choice((0, 4, 8, 9, 15, 16, 24, 25, 32, 33, 255))
        yield (rng.choice((0xb8000, 0xfd000000, (1 << 64) - 4096)), rng.choice((0, 160, width * 2, width * 4)) & 0xffffffff,
               width, rng.choice((0, 1, 25, 1080, (1 << 32) - 1)), depth, rng.choice((0, 1, 1, 1, 2, 2, 3)))


def check_screens(program, n):
    rng, given = random.Random(SEED + 6), []
    for fields in screens(rng, n):
        given.append((fields, block(mmap_tag([(0x100000, 127 << 20, True)]), screen_tag(*fields), tag(12, bytes(8)))))
        given.append((fields + ("cut",), block(mmap_tag([(0x100000, 127 << 20, True)]), screen_tag(*fields, cut=2))))
    answers = asked(program, [(b"M", 0x10000, b"", [placed(raw, 0x10000)]) for _, raw in given])
    wrong = []
    for (what, raw), fields in zip(given, answers.lines):
        want = screen_of(raw)
        want = "0" + (" " + ":".join(f"{n:x}" for n in want) if want else "")
        why = f"{fields[2]} is not {want}" if fields[2] != want else judge_map(*read_block(raw, 0x10000), fields)
        wrong += [f"{what}: {why}; {fields[-1]}"] if why else []
    return verdict(answers, given, wrong)


## PVH


def check_pvh(program, n):
    rng = random.Random(SEED + 1)
    given, inputs = [], []
    for i in range(n):
        entries = random_map(rng, rng.choice((3, 8, 300)))
        at = rng.choice((0x20000, 0x20004))
        mem = b"".join(struct.pack("<QQII", b, s, 1 if u else 2, 0) for b, s, u in entries)
        mem_at, count, modules, mod_at, line_at, rsdp_at = 0x30000, len(entries), 0, 0, 0x1f000, 0
        damaged = False
        if i % 4 == 1:
            mem_at, damaged = 4 * GIB - len(mem) + rng.choice((1, 8, 24)), True
        elif i % 4 == 2:
            count, damaged = rng.choice((0x0fffffff, 0xffffffff)), True
        elif i % 4 == 3:
            line_at, rsdp_at, mod_at, modules, damaged = rng.choice((
                (4 * GIB, 0, 0, 0, True), (4 * GIB - 1, 0, 0, 0, False), (1 << 63, 0, 0, 0, True),
                (0, 4 * GIB - 35, 0, 0, True), (0, 4 * GIB - 36, 0, 0, False), (0, 0, 4 * GIB - 31, 1, True),
                (0, 0, 4 * GIB - 32, 1, False), (0, 0, 0x1f800, 0xffffffff, True)))
        info = struct.pack("<IIIIQQQQII", 0x336ec578, 1, 0, modules, mod_at, line_at, rsdp_at, mem_at, count, 0)
        memory = [(b"p", at, info), (b"p", 0x1f000, b"a=b\0")]
        if mem_at == 0x30000:
            memory.append((b"p", mem_at, mem))
        given.append((f"no. {i}", entries, damaged))
        inputs.append((b"P", at, b"", memory))
    given.append(("start information that ends past 4 GiB", [], True))
    inputs.append((b"P", 4 * GIB - 8, b"", []))
    answers = asked(program, inputs)
    wrong = [f"{what}: {why}; {fields[-1]}" for (what, entries, damaged), fields in zip(given, answers.lines)
             for why in [judge_map(entries, damaged, fields)] if why]
    return verdict(answers, given, wrong)


## ACPI tables


def random_madt(rng):
    n = rng.choice((1, 2, 8, 30, 100))
    entries = [lapic(rng.choice((i, i * 2, rng.randrange(256))), rng.choice((1, 1, 1, 0, 2, 3))) for i in range(n)]
    entries += [x2apic(rng.choice((i, 255 + i, rng.getrandbits(32))), rng.choice((1, 1, 0, 2))) for i in range(rng.choice((0, 0, 9)))]
    entries += [other(rng.choice((1, 2, 3, 4, 5, 10, 13, 0x80)), rng.randrange(2, 40)) for _ in range(rng.randrange(6))]
    if rng.random() < 0.5:
        rng.shuffle(entries)
    return madt(entries)


def acpi_inputs(rng, n):
    """(what, rsdp, tables, boot CPU's ID, what the error says or None where it is all the same)."""
    good = table(b"APIC", madt([lapic(0), lapic(1), lapic(4)]))
    bad = table(b"APIC", madt([lapic(0)]), good=False)
    fadt = table(b"FACP", bytes(240))

    def roots(at, how=8):
        return table(b"XSDT" if how == 8 else b"RSDT", b"".join(a.to_bytes(how, "little") for a in at))

    x, r, m, f = 0x200000, 0x210000, 0x220000, 0x230000
    all_good = [(x, roots([f, m])), (r, roots([f, m], 4)), (m, good), (f, fadt)]
    yield "all is well", rsdp(r, x), all_good, 0, ""
    yield "the boot CPU is not ID 0", rsdp(r, x), all_good, 4, ""
    yield "the boot CPU is not listed", rsdp(r, x), all_good, 9, ""
    yield "revision 0", rsdp(r, 0, 0), all_good, 0, ""
    yield "extended checksum wrong, an RSDT", rsdp(r, x, extended=False), all_good, 0, ""
    yield "XSDT wrong, an RSDT", rsdp(r, x), [(x, table(b"XSDT", bytes(8), False)), *all_good[1:]], 0, ""
    yield "an entry that is 0", rsdp(0, x), [(x, roots([0, m])), (m, good)], 0, ""
    yield "no RSDP", b"", [], 0, "no ACPI RSDP.*switch ACPI on"
    yield "RSDP is none", b"x" * 36, all_good, 0, "RSDP is none.*update"
    yield "RSDP checksum", rsdp(r, x, good=False), all_good, 0, "RSDP .*has a wrong checksum.*update"
    yield "extended checksum, no RSDT", rsdp(0, x, extended=False), all_good, 0, "RSDP has a wrong extended checksum.*update"
    yield "no list of tables", rsdp(0, 0), all_good, 0, "RSDP names no list"
    yield "XSDT above 4 GiB", rsdp(0, 5 * GIB), all_good, 0, "XSDT at 0x140000000 lies above 4 GiB.*by BIOS"
    yield "XSDT checksum", rsdp(0, x), [(x, table(b"XSDT", bytes(8), False))], 0, "XSDT at 0x200000 has a wrong checksum"
    yield "XSDT length", rsdp(0, x), [(x, b"XSDT" + struct.pack("<I", 35) + bytes(28))], 0, "XSDT .*impossible length"
    yield "RSDT checksum", rsdp(r, 0, 0), [(r, table(b"RSDT", bytes(4), False))], 0, "RSDT at 0x210000 has a wrong checksum"
    yield "MADT checksum", rsdp(0, x), [(x, roots([f, m])), (f, fadt), (m, bad)], 0, "MADT at 0x220000 has a wrong checksum.*update"
    yield "MADT above 4 GiB", rsdp(0, x), [(x, roots([f, 5 * GIB])), (f, fadt)], 0, "0x140000000 that lies above 4 GiB.*by BIOS"
    yield "no MADT", rsdp(r, x), [(x, roots([f])), (r, roots([f], 4)), (f, fadt)], 0, "MADT is not in the list.*switch on"
    yield "MADT too short", rsdp(0, x), [(x, roots([m])), (m, table(b"APIC", bytes(4)))], 0, "MADT .*impossible length"
    yield "no CPU enabled", rsdp(0, x), [(x, roots([m])), (m, table(b"APIC", madt([lapic(0, 0), lapic(1, 2)])))], 0, "no CPU that is enabled"
    yield "an entry of no length", rsdp(0, x), [(x, roots([m])), (m, table(b"APIC", madt([lapic(0), bytes(8)])))], 0, "MADT is broken"
    yield "an entry that is cut", rsdp(0, x), [(x, roots([m])), (m, table(b"APIC", madt([lapic(0), lapic(1)[:6]])))], 0, "MADT is broken"
    for at in (0xffffe000, 0xffffffdc, 0xffffffdd, 0xfffffff0, 4 * GIB):
        long = b"APIC" + struct.pack("<I", 0x3000) + bytes(28)
        yield (f"a table at {at:#x} that passes 4 GiB", rsdp(0, x),
               [(x, roots([f, at])), (f, fadt), (at, long[:max(4 * GIB - at, 0)])], 0, "above 4 GiB|MADT at .* past 4 GiB")
        yield f"an XSDT at {at:#x}", rsdp(0, at), [(at, b"XSDT" + long[4:max(4 * GIB - at, 4)])] if at < 4 * GIB else [], 0, "XSDT .*4 GiB"
    many = [lapic(i) for i in range(100)] + [x2apic(1000 + i) for i in range(100)]
    yield "more CPUs than the image can hold", rsdp(0, x), [(x, roots([m])), (m, table(b"APIC", madt(many)))], 3, ""
    for i in range(n):
        raw = table(b"APIC", random_madt(rng))
        if i % 3:
            raw = mutated(rng, raw)
            raw = summed(raw, 9) if i % 3 == 1 and len(raw) > 36 else raw
        tables = [(x, roots([f, m])), (r, roots([m, f], 4)), (m, raw), (f, fadt)]
        if i % 7 == 0:
            which = rng.randrange(len(tables))
            tables[which] = (tables[which][0], mutated(rng, tables[which][1]))
        root = rsdp(rng.choice((r, 0)), rng.choice((x, x, 0, rng.getrandbits(64))), rng.choice((0, 2)), rng.random() < 0.9)
        yield f"no. {i}", mutated(rng, root) if i % 11 == 0 else root, tables, rng.choice((0, 4, 300)), None


def check_acpi(program, n):
    rng = random.Random(SEED + 2)
    given = [(what, root[:36].ljust(36, b"\0") if root else b"", tables, boot_cpu, says)
             for what, root, tables, boot_cpu, says in acpi_inputs(rng, n)]
    answers = asked(program, [(b"A", cpu, root, [(b"p", at, raw) for at, raw in tables if raw and at < 4 * GIB])
                              for _, root, tables, cpu, _ in given])
    wrong = []
    for (what, root, tables, cpu, says), fields in zip(given, answers.lines):
        want = read_cpus(root, Memory(tables), cpu)
        error = re.search("error: ([^|]*)", fields[-1])
        if error:
            if want or (says is not None and (not says or not re.search(says, error.group(1)))):
                wrong.append(f"{what}: {error.group()}; the second reader has {want}")
            if "maxcpus=1" not in error.group():
                wrong.append(f"{what}: no way out: {error.group()}")
        elif want != [int(i, 16) for i in fields[1].split()] or says:
            wrong.append(f"{what}: {fields}; the second reader has {want}")
    return verdict(answers, given, wrong)


def check_maxcpus(program):
    """maxcpus= needs no table where it is 1, and else takes the first ones."""
    x, m = 0x200000, 0x220000
    tables = [(b"p", x, table(b"XSDT", m.to_bytes(8, "little"))),
              (b"p", m, table(b"APIC", madt([lapic(i) for i in range(100)])))]
    given = [(line, want) for line, want in (
        (b"maxcpus=1", 1), (b"maxcpus=0", 1), (b"a=b\tmaxcpus=3\n", 3), (b"maxcpus=64", 64), (b"maxcpus=65", 64),
        (b"maxcpus=18446744073709551615", 64), (b"maxcpus=3 maxcpus=2", 2), (b"", 64))]
    answers = asked(program, [(b"A", 0, rsdp(0, x) + line, tables) for line, _ in given] +
                    [(b"A", 7, bytes(36) + b"maxcpus=1", [])])
    given.append((b"no table at all, maxcpus=1", 1))
    wrong = [f"{line}: {fields}" for (line, want), fields in zip(given, answers.lines)
             if len(fields[1].split()) != want or "error" in fields[-1] or
             ("CPUs:" in fields[-1]) != (want not in (1,) and want < 100)]
    return verdict(answers, given, wrong)


## The command line


def check_lines(program, n):
    rng = random.Random(SEED + 3)
    pieces = (b"alpha=1", b"alpha=", b"alpha=0123456789abcdef", b"alpha=0123456789abcde", b"beta=7", b"beta=0x1f", b"beta=x",
              b"beta=18446744073709551616", b"alpha", b"=", b"gamma=1", b"alpha=a=b", b'alpha="x', b"xalpha=3", b"\0")
    spaces = (b" ", b"\t", b"\n", b"  ", b"\r\n", b"\v", b"\f", b" \t ", b"")
    given = [b"", b" ", b"\0", b"alpha=1\tbeta=2", b"alpha=1\nbeta=2\n", b"alpha=1 " * 255, b"alpha=1 " * 256, b"a" * 2047,
             b"a" * 2048, b"a" * 5000, b"alpha=" + b"x" * 2041, b"alpha=" + b"x" * 2042, b"\xa0alpha=1", b"alpha=1\xff"]
    for i in range(n):
        # Mostly good ones, or few would get as far as the second word.
        some = pieces[:6] if i % 2 else pieces
        line = b"".join(rng.choice(some) + rng.choice(spaces[:-1] if i % 4 else spaces) for _ in range(rng.choice((1, 3, 9, 60))))
        given.append(mutated(rng, line) if i % 3 == 0 else line)
    answers = asked(program, [(b"C", 0, line, []) for line in given])
    wrong = []
    for line, fields in zip(given, answers.lines):
        early, done_, good = read_line(line)
        if len(line.split(b"\0")[0]) >= 2048:  # cut, and then refused by the caller
            continue

        def shown(value):
            return "".join(chr(c) if 0x20 < c <= 0x7e and c != 0x25 else f"%{c:02x}" for c in value)

        want = ["(none)" if early is None else shown(early),
                "".join(f" {n.decode()}={shown(v)}" for n, v in done_)]
        if fields[:2] != want or ("error: " in fields[-1]) == good:
            wrong.append(f"{line!r}: {fields}, the second reader has {want}, {good}")
    return verdict(answers, given, wrong)


## IPIs


def check_ipi(program, n):
    rng = random.Random(SEED + 4)
    given = []
    for i in range(n):
        x2 = i % 3 > 0
        count = rng.choice((2, 3, 6, 8)) if i % 2 else rng.choice((9, 17, 40, NR_CPUS))
        ids = rng.choice((
            list(range(count)), [0, 1, 2, 4, 5, 6, 8, 9][:count], [16 * k + k % 3 for k in range(count)],
            [240 + k for k in range(count)], rng.sample(range(400), count),
            rng.sample((0, 254, 255, 256, 300, 0x1000f, 0xffff0, 0xfffff), min(count, 8))))
        mask = [rng.random() < rng.choice((0.2, 0.9, 1)) for _ in ids]
        given.append((x2, ids, mask, rng.randrange(4) * 2))
    answers = asked(program, [(b"I", x2 | how, b"".join(struct.pack("<I", k) for k in ids) + bytes(mask), [])
                              for x2, ids, mask, how in given])
    wrong = []
    for (x2, ids, mask, how), fields in zip(given, answers.lines):
        left = ids if x2 else [ids[0], *(i for i in ids[1:] if i < 255)]
        used = [int(i, 16) for i in fields[1].split()]
        got = [delivered(used, *(int(v, 16) for v in w.split(":")), x2) for w in fields[2].split()]
        want = {cpu for cpu in range(1, len(left)) if mask[cpu]}
        union = set().union(*got)
        if used != left or union != want or sum(map(len, got)) != len(union) or \
                (len(left) < len(ids)) != ("need x2APIC" in fields[-1]):
            wrong.append(f"x2APIC {x2}, IDs {ids}, mask {mask}, {how}: {fields}")
    return verdict(answers, given, wrong)


## All of it


def verdict(answers, given, wrong):
    """None, or why it is red."""
    if answers.status or len(answers.lines) != len(given):
        what = given[len(answers.lines)] if len(answers.lines) < len(given) else "the last one"
        return f"status {answers.status} at {str(what)[:300]}\n{answers.err[:3000]}"
    return "\n".join(w[:600] for w in wrong[:5]) if wrong else None


CHECKS = {
    "multiboot2 blocks": lambda p: check_blocks(p, 600), "screens": lambda p: check_screens(p, 300), "PVH": lambda p: check_pvh(p, 300),
    "ACPI tables": lambda p: check_acpi(p, 2000), "maxcpus=": check_maxcpus,
    "command lines": lambda p: check_lines(p, 3000), "IPI destinations": lambda p: check_ipi(p, 300),
}

# Planted bugs: source, what stands there, what stands there instead, which check is to be red.
PLANTED = (
    ("boot/multiboot2.c", "tag->size < sizeof(*m) || m->end", "m->end", "multiboot2 blocks"),
    ("boot/multiboot2.c", 'return "the list has no last tag";', "return NULL;", "multiboot2 blocks"),
    ("boot/multiboot2.c", "s.address + size < size ||", "", "screens"),
    ("boot/multiboot2.c", "boot_info_add_range(bi, s.address, size, false);", ";", "screens"),
    ("boot/multiboot2.c", "(u64)s.width * s.pixel", "s.width", "screens"),
    ("boot/boot_info.c", "if (usable)\n\t\t\treturn;", "if (1)\n\t\t\treturn;", "multiboot2 blocks"),
    ("boot/pvh.c", "(u64)n * sizeof(*e)", "n * 1", "PVH"),
    ("kernel/memblock.c", "mem_ranges_insert(l, l->r[best].end, l->r[best + 1].base);",
     "l->r[best] = l->r[--l->n];", "multiboot2 blocks"),
    ("arch/x86/acpi.c", "if (!boot_info_mapped(pa, t->length))", "if (0)", "ACPI tables"),
    ("arch/x86/acpi.c", "(x->flags & MADT_ENABLED)", "x->flags", "ACPI tables"),
    ("arch/x86/acpi.c", "if (nr_cpu_ids < maxcpus)", "if (1)", "ACPI tables"),
    ("arch/x86/acpi.c", "if (maxcpus > 1)", "if (maxcpus)", "maxcpus="),
    ("kernel/param.c", "(c >= '\\t' && c <= '\\r')", "c == '\\t'", "command lines"),
    ("kernel/param.c", "found = len < size;", "found = true;", "command lines"),
    ("arch/x86/apic_x2apic.c", "((id) >> 4)", "((id) >> 5)", "IPI destinations"),
    ("arch/x86/apic.c", "acpi_apic_id[cpu] < 255", "acpi_apic_id[cpu] <= 255", "IPI destinations"),
)

with tempfile.TemporaryDirectory() as tmp:
    objects = {}
    for source in (*CODE, *OWN):
        objects[source] = os.path.join(tmp, source.replace("/", "_") + ".o")
        result = compiled(source, objects[source])
        if result.returncode:
            ok(False, f"{source} compiles on the host", result.stderr)
            done()
    program = os.path.join(tmp, "harness")
    result = linked(objects.values(), program)
    if ok(result.returncode == 0, "what reads strangers' data at boot, as a program", result.stderr):
        for name, check in CHECKS.items():
            why = check(program)
            ok(why is None, f"{name}: no fault, and what a second reader has", why)
        for source, old, new, name in PLANTED:
            with open(os.path.join(TOP, source), encoding="utf-8") as file:
                text = file.read()
            title = f"{name}: red with {new!r} for {old!r}"
            if text.count(old) != 1:
                ok(False, title, f"{source} has it {text.count(old)} times")
                continue
            planted = os.path.join(tmp, "planted.o")
            result = compiled(source, planted, text.replace(old, new))
            bad = linked([planted if s == source else o for s, o in objects.items()], os.path.join(tmp, "bad"))
            if result.returncode or bad.returncode:
                ok(False, title, result.stderr, bad.stderr)
                continue
            why = CHECKS[name](os.path.join(tmp, "bad"))
            ok(why is not None, title)
done()
