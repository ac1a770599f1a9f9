# SPDX-License-Identifier: GPL-2.0
"""The shootdown's own state: generations and masks, gathers, receipts."""
import gdb

from access import PAGE_SHIFT, address_of, locals_of_type, need_cpus, per_cpu, valid, value
from cpus import loaded_mm, mm_name
from tables import find_mm


def mask_has(mask, cpu):
    return bool(int(mask["bits"][cpu // 64]) >> cpu % 64 & 1)


class Mm(gdb.Command):
    """An address space against each CPU: mm_cpumask, tlb_gen, what is loaded: shootdown mm [MM]."""

    def __init__(self):
        super().__init__("shootdown mm", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        mm = find_mm(argument.strip())
        context = mm["context"]
        gen = int(context["tlb_gen"]["counter"])
        asid = int(context["global_asid"])
        print(f"{mm_name(mm.address)} \"{mm['name'].string()}\" tlb_gen {gen}"
              + (f", global ASID {asid}" if asid else "") + (", in transition" if context["asid_transition"] else ""))
        for cpu in need_cpus():
            print(f"  CPU{cpu:<3} {'in the mask' if mask_has(mm['cpu_bitmap'], cpu) else '-':<12}"
                  f" loaded {loaded_mm(cpu):<10}"
                  f"{' lazily' if per_cpu('cpu_tlbstate_shared', cpu)['is_lazy'] else '':<8}{caught_up(cpu, context, gen)}")


def caught_up(cpu, context, gen):
    """How far the CPU's own record of the mm is behind it."""
    slots = per_cpu("cpu_tlbstate", cpu)["dyn"]["ctxs"]
    low, high = slots.type.range()
    for i in range(low, high + 1):
        if int(slots[i]["ctx_id"]) == int(context["ctx_id"]):
            own = int(slots[i]["tlb_gen"])
            return f"ASID {i} tlb_gen {own}" + (f", {gen - own} behind" if own < gen else "")
    return "no ASID of its own for it"


def where(cpu, function, name):
    return f"{'' if cpu is None else f'CPU{cpu} '}{function}(), {name}:"


class Gather(gdb.Command):
    """The mmu_gathers of all calls that are under way, on any CPU, or of one: shootdown gather [EXPRESSION]."""

    def __init__(self):
        super().__init__("shootdown gather", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        if argument:
            found = value(argument)
            show_gather(found.dereference() if found.type.code == gdb.TYPE_CODE_PTR else found)
            return
        seen = set()
        for cpu, function, name, tlb in locals_of_type("struct mmu_gather"):
            if int(tlb.address) not in seen:
                seen.add(int(tlb.address))
                print(where(cpu, function, name))
                show_readable_gather(tlb)
        if not seen:
            print("no gather is under way")


def show_readable_gather(tlb):
    """A variable that its function has not set up yet, or left in a register that is used again, is no gather."""
    try:
        if valid(page_number_of(tlb["mm"].dereference()["pgd"])):
            show_gather(tlb)
            return
    except gdb.MemoryError:
        pass
    print("  is not set up here")


def page_number_of(address):
    """Frame of an address that the kernel reaches memory by; it may be none."""
    return int(address) - address_of(0) >> PAGE_SHIFT & (1 << 52) - 1


def show_gather(tlb):
    flags = [f for f in ("fullmm", "need_flush_all", "freed_tables", "unshared_tables", "fully_unshared_tables",
                         "delayed_rmap", "cleared_ptes", "cleared_pmds") if tlb[f]]
    start, end = int(tlb["start"]), int(tlb["end"])
    span = f"[{start:#x}, {end:#x})" if start < end else "nothing to flush"
    print(f"  {mm_name(tlb['mm'])} {span} {' '.join(flags)}")
    pages, batch = 0, tlb["local"].address
    while int(batch):
        pages += int(batch["nr"])
        batch = batch["next"]
    tables = int(tlb["batch"]["nr"]) if int(tlb["batch"]) else 0
    print(f"  {pages} pages to drop, {tables} tables to free after the flush")
    if tlb["unshared_tables"]:
        print(f"  unshared: since tlb_gen {int(tlb['unshared_debt']['gen'])}; {receipt_text(tlb['unshared_receipt'])}")


def receipt_text(receipt):
    if not int(receipt["ctx_id"]):
        return "receipt: nothing was flushed"
    return (f"receipt: mm{int(receipt['ctx_id'])} gen {int(receipt['gen'])}, {int(receipt['interrupted'])} CPUs interrupted,"
            f" {'has' if receipt['waited'] else 'has NOT'} waited for walkers")


class Receipts(gdb.Command):
    """The receipts of flushes, and the withdrawals, in all calls that are under way."""

    def __init__(self):
        super().__init__("shootdown receipts", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        found = False
        for cpu, function, name, receipt in locals_of_type("struct flush_receipt"):
            found = True
            print(f"{where(cpu, function, name)} {receipt_text(receipt)}")
        for cpu, function, name, w in locals_of_type("struct pt_withdrawal"):
            found = True
            print(f"{where(cpu, function, name)} withdrawal from {mm_name(w['mm'])} at gen {int(w['gen'])}")
        if not found:
            print("no receipt or withdrawal is in any call")


Mm()
Gather()
Receipts()
