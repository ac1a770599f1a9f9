# SPDX-License-Identifier: GPL-2.0
"""What a boot loader and firmware hand over: how to make it, and a second reader of each kind."""
import re
import struct

NR_CPUS = 64  # of the image, for tests
GIB = 1 << 30


## Memory maps: which pages are certainly RAM that nobody else claims


def merged(ranges):
    out = []
    for base, end in sorted(r for r in ranges if r[0] < r[1]):
        if out and base <= out[-1][1]:
            out[-1][1] = max(out[-1][1], end)
        else:
            out.append([base, end])
    return out


def free_pages(entries):
    """What may be used of a map of (base, size, usable): whole pages below 16 GiB."""
    usable = merged((b, b + s) for b, s, u in entries if u and b + s < 1 << 64)
    claimed = merged((b, b + s) for b, s, u in entries if not u)
    free, left = [], list(usable)
    for base, end in left:
        for cb, ce in claimed:
            if ce <= base or cb >= end:
                continue
            if cb > base:
                free.append((base, cb))
            base = max(base, ce)
        if base < end:
            free.append((base, end))
    pages = [(-(-b // 4096) * 4096, min(e, 16 * GIB) // 4096 * 4096) for b, e in free]
    return [p for p in pages if p[0] < p[1]], len(usable), len(claimed)


def tag(kind, data):
    raw = struct.pack("<II", kind, 8 + len(data)) + data
    return raw + bytes(-len(raw) % 8)


def mmap_tag(entries, size=24):
    body = b"".join(struct.pack("<QQII", b, s, 1 if u else 2, 0) + bytes(size - 24) for b, s, u in entries)
    return tag(6, struct.pack("<II", size, 0) + body)


def block(*tags, end=True):
    body = b"".join(tags) + (tag(0, b"") if end else b"")
    return struct.pack("<II", 8 + len(body), 0) + body


def screen_tag(address, pitch, width, height, depth, kind, cut=0):
    body = struct.pack("<QIIIBBH", address, pitch, width, height, depth, kind, 0)
    return tag(8, body[:len(body) - cut])


def read_screen(raw, off):
    """(kind, address, pitch, width, height, bytes a pixel) of a screen that can be drawn on, or None."""
    if struct.unpack_from("<I", raw, off + 4)[0] < 32:
        return None
    address, pitch, width, height, depth, kind = struct.unpack_from("<QIIIBB", raw, off + 8)
    pixel = {1: (depth + 7) // 8, 2: 2}.get(kind, 0)
    limit = 4 * GIB if kind == 2 else 1 << 64
    if pixel not in (2, 3, 4) or not width or not height or pitch < width * pixel or pitch * height > 192 << 20:
        return None
    if address + pitch * height > limit - (kind == 1):
        return None
    return 3 - kind, address, pitch, width, height, pixel


def screen_of(raw):
    """The last screen that a whole block names, or None."""
    off, screen = 8, None
    while off + 8 <= len(raw):
        kind, size = struct.unpack_from("<II", raw, off)
        if size < 8 or off + size > len(raw) or kind == 0:
            return screen
        screen = (read_screen(raw, off) if kind == 8 else None) or screen
        off += -(-size // 8) * 8
    return screen


def read_block(raw, at):
    """The second reader: (entries, damaged)."""
    total, off, entries = struct.unpack_from("<I", raw)[0], 8, []
    if total > 4 * GIB - at:
        return [], True
    raw = raw.ljust(min(total, len(raw) + 16), b"\0")  # zeroes are no tag
    while off + 8 <= min(total, len(raw)):
        kind, size = struct.unpack_from("<II", raw, off)
        if size < 8 or off + size > total:
            return entries, True
        if kind == 0:
            return entries, False
        if kind == 3:
            if size < 16:
                return entries, True
            start, end = struct.unpack_from("<II", raw, off + 8)
            if end < start:
                return entries, True
            entries.append((start, end - start, False))
        if kind == 8 and read_screen(raw, off):
            _, address, pitch, _, height, _ = read_screen(raw, off)
            entries.append((address, pitch * height, False))
        if kind == 6:
            if size < 16:
                return entries, True
            each = struct.unpack_from("<I", raw, off + 8)[0]
            if each < 24 or (size - 16) % each:
                return entries, True
            for p in range(off + 16, off + size, each):
                base, length, what = struct.unpack_from("<QQI", raw, p)
                entries.append((base, length, what == 1))
        off += -(-size // 8) * 8
    return entries, True


## ACPI: which CPUs


def summed(raw, at):
    raw = bytearray(raw)
    raw[at] = 0
    raw[at] = -sum(raw) & 0xff
    return bytes(raw)


def table(signature, body, good=True):
    raw = signature + struct.pack("<IBB6s8sIII", 36 + len(body), 1, 0, b"TEST", b"TEST", 1, 0, 1) + body
    raw = summed(raw, 9)
    return raw if good else raw[:9] + bytes([raw[9] ^ 1]) + raw[10:]


def madt(entries):
    return struct.pack("<II", 0xfee00000, 1) + b"".join(entries)


def lapic(ident, flags=1):
    return struct.pack("<BBBBI", 0, 8, 0, ident, flags)


def x2apic(ident, flags=1):
    return struct.pack("<BBHIII", 9, 16, 0, ident, flags, 0)


def other(kind, size):
    return struct.pack("<BB", kind, size) + bytes(size - 2)


def rsdp(rsdt=0, xsdt=0, revision=2, extended=True, good=True):
    raw = b"RSD PTR " + b"\0TEST  " + struct.pack("<BIIQ4x", revision, rsdt, 36, xsdt)
    raw = summed(raw[:20], 8) + raw[20:]
    raw = summed(raw, 32) if extended else summed(raw, 32)[:32] + b"\1" + raw[33:]
    return raw if good else raw[:9] + bytes([raw[9] ^ 1]) + raw[10:]


class Memory:
    """Tables in memory, as the second reader sees them: zeroes between them."""

    def __init__(self, tables):
        self.tables = tables

    def read(self, at, size):
        out = bytearray(size)
        for base, raw in self.tables:
            lo, hi = max(at, base), min(at + size, base + len(raw))
            if lo < hi:
                out[lo - at:hi - at] = raw[lo - base:hi - base]
        return bytes(out)

    def sum(self, at, size):
        return sum(sum(raw[max(at - base, 0):max(at + size - base, 0)]) for base, raw in self.tables) & 0xff

    def good(self, at):
        """The length of a table that can be used, or 0."""
        if not at or at + 36 > 4 * GIB:
            return 0
        length = struct.unpack("<I", self.read(at + 4, 4))[0]
        if not 36 <= length <= 1 << 24 or at + length > 4 * GIB or self.sum(at, length):
            return 0
        return length

    def find(self, root, size, signature):
        length = self.good(root)
        for p in range(root + 36, root + length - size + 1, size) if length else ():
            at = int.from_bytes(self.read(p, size), "little")
            if self.good(at) and self.read(at, 4) == signature:
                return at
        return 0


def read_cpus(root, memory, boot_cpu):
    """The second reader: APIC IDs, boot CPU first, or None where it must be refused."""
    if root[:8] != b"RSD PTR " or sum(root[:20]) & 0xff:
        return None
    revision, rsdt, _, xsdt = struct.unpack_from("<BIIQ", root, 15)
    at = 0
    if revision >= 2 and not sum(root) & 0xff:
        at = memory.find(xsdt, 8, b"APIC")
    at = at or memory.find(rsdt, 4, b"APIC")
    length = memory.good(at)
    if length < 44:
        return None
    raw, p, found = memory.read(at, length), 44, []
    while p + 2 <= length:
        kind, size = raw[p], raw[p + 1]
        if size < 2 or p + size > length:
            return None
        if kind == 0 and size >= 8:
            ident, flags = raw[p + 3], struct.unpack_from("<I", raw, p + 4)[0]
            found += [ident] if flags & 1 and ident != 0xff else []
        elif kind == 9 and size >= 16:
            ident, flags = struct.unpack_from("<II", raw, p + 4)
            found += [ident] if flags & 1 and ident != 0xffffffff else []
        p += size
    if not found:
        return None
    return list(dict.fromkeys([boot_cpu, *found]))[:NR_CPUS]


## The command line


def read_line(raw):
    """The second reader: (the last alpha that fits, what is set in order, whether all is well)."""
    text = raw.split(b"\0")[0]
    words = [w for w in re.split(rb"[ \t-\r]+", text) if w]
    alphas = [w[6:] for w in words if w.startswith(b"alpha=")]
    early = alphas[-1] if alphas and len(alphas[-1]) < 16 else None
    done_, good = [], len(text) < 2048 and b'"' not in text and b"'" not in text
    for word in words if good else ():
        name, equals, value = word.partition(b"=")
        fits = name == b"alpha" or name == b"beta" and re.fullmatch(rb"\d+|0[xX][0-9a-fA-F]+", value) and \
            int(value, 16 if value[:2] in (b"0x", b"0X") else 10) < 1 << 64
        if not equals or not fits:
            good = False
            break
        done_.append((name, value))
    return early, done_, good


## IPIs: an APIC that does what the SDM says must deliver to the mask and to nobody else


def delivered(ids, low, dest, x2):
    if low & 0xc0000 == 0xc0000:
        return set(range(1, len(ids)))
    if not low & 0x800:
        return {cpu for cpu, i in enumerate(ids) if i == dest}
    if x2:  # SDM vol. 3A 11.12.10.2
        return {cpu for cpu, i in enumerate(ids) if i >> 4 == dest >> 16 and dest >> (i & 15) & 1}
    return {cpu for cpu in range(len(ids)) if dest >> cpu & 1}  # LDR: a bit a CPU
