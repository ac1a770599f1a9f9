# SPDX-License-Identifier: GPL-2.0
"""Page tables: the walk of an address, and what the kernel knows of each table on the way."""
import gdb

from access import (PAGE_SHIFT, address_of, index_bits, need_cpus, page_number, per_cpu, ptdesc_of, selected_cpu, valid, value,
                    word_at)
from cpus import mm_name

PRESENT, WRITE, USER, ACCESSED, DIRTY, HUGE, NO_EXECUTE = (1 << bit for bit in (0, 1, 2, 5, 6, 7, 63))
FLAGS = ((WRITE, "write"), (USER, "user"), (ACCESSED, "accessed"), (DIRTY, "dirty"), (NO_EXECUTE, "no-execute"))
FRAME = 0x000FFFFFFFFFF000
LEVELS = {4: "pgd", 3: "pud", 2: "pmd", 1: "pte"}
TYPES = ("reserved", "free", "tail", "anonymous", "file", "hugetlb", "page table", "kernel")


def known_mms():
    """Address spaces that a CPU runs, or has loaded."""
    found = {}
    for cpu in need_cpus():
        for mm in (per_cpu("cpu_tlbstate", cpu)["loaded_mm"], per_cpu("current_task", cpu)["mm"]):
            if int(mm) > 1:
                found[int(mm)] = mm.dereference()
    return list(found.values())


def find_mm(word):
    """The address space that @word names: mm7 or 7 by what events call it, or an expression; none: what is loaded."""
    if not word:
        mm = per_cpu("cpu_tlbstate", selected_cpu())["loaded_mm"]
        if int(mm) < 2:
            raise gdb.GdbError("this CPU has no mm loaded: name one, as mm7")
        return mm.dereference()
    number = word[2:] if word.startswith("mm") else word
    if number.isdigit():
        for mm in known_mms():
            if int(mm["context"]["ctx_id"]) == int(number):
                return mm
        raise gdb.GdbError(f"mm{number}: no CPU runs it or has it loaded; give its address: (struct mm_struct *)0x...")
    mm = value(word)
    return mm.dereference() if mm.type.strip_typedefs().code == gdb.TYPE_CODE_PTR else mm


def describe(pfn):
    """One line of a table's struct ptdesc."""
    pt = ptdesc_of(pfn)
    kind = int(pt["type"])
    if TYPES[kind] != "page table":
        return f"table {pfn:#x} IS NO TABLE: {TYPES[kind]} page, allocated {int(pt['gen'])} times"
    words = [f"table {pfn:#x}", LEVELS.get(int(pt["level"]), "?"), f"allocated {int(pt['gen'])} times"]
    shared = int(pt["pt_share_count"]["counter"])
    if shared:
        words.append(f"shared with {shared} more")
    if int(pt["pmd_huge_pte"]):
        words.append(f"table {page_number(pt['pmd_huge_pte'].dereference()):#x} deposited under it")
    if int(pt["pt_owed"]):
        words.append("walkers of other mms may be inside (pt_owed)")
    if int(pt["ptl"]["val"]):
        words.append(f"ptl held by CPU{int(pt['ptl']['owner']) - 1}")
    return ", ".join(words)


def entry_text(entry, level):
    if not entry & PRESENT:
        return "none" if not entry else f"{entry:#x}, not present"
    pfn = (entry & FRAME) >> PAGE_SHIFT
    flags = " ".join(name for bit, name in FLAGS if entry & bit)
    if level > 1 and not entry & HUGE:
        return f"table {pfn:#x} ({flags})"
    refs = f", {int(ptdesc_of(pfn)['_refcount']['counter'])} references" if valid(pfn) else ", no RAM"
    return f"{'huge ' if level > 1 else ''}page {pfn:#x} ({flags}){refs}"


class Walk(gdb.Command):
    """The page tables of an address: shootdown walk ADDRESS [MM]. MM: mm7, or an expression."""

    def __init__(self):
        super().__init__("shootdown walk", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) not in (1, 2):
            raise gdb.GdbError("shootdown walk ADDRESS [MM]")
        address = int(value(words[0])) & (1 << 64) - 1
        mm = find_mm(" ".join(words[1:]))
        print(f"{mm_name(mm.address)}, {address:#x}")
        entries = int(mm["pgd"])
        for level in (4, 3, 2, 1):
            index = address >> PAGE_SHIFT + (level - 1) * index_bits() & (1 << index_bits()) - 1
            entry = word_at(entries + index * 8)
            print(f"  {LEVELS[level]}[{index}] = {entry_text(entry, level)}")
            if not entry & PRESENT or entry & HUGE or level == 1:
                return
            pfn = (entry & FRAME) >> PAGE_SHIFT
            if not valid(pfn):
                print("    that is no RAM")
                return
            print(f"    {describe(pfn)}")
            entries = address_of(pfn)


class Table(gdb.Command):
    """What is known of a table or page: shootdown table FRAME, as events print it."""

    def __init__(self):
        super().__init__("shootdown table", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        print(describe(a_frame(argument)))


def a_frame(word):
    """A frame's number, in RAM."""
    pfn = int(value(word)) if word else -1
    if pfn < 0 or not valid(pfn):
        raise gdb.GdbError(f"{word or 'no frame'}: a frame's number is wanted, as events print it: 0xfe24")
    return pfn


Walk()
Table()
