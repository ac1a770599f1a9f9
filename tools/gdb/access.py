# SPDX-License-Identifier: GPL-2.0
"""How GDB reads the kernel: per-CPU data, frames of memory, CPUs and their frames of calls.

The same commands serve the image in QEMU, where each CPU is a thread of GDB, and the model
(build/model/explore), where one thread runs all CPUs in turn."""
import contextlib

import gdb

PAGE_SHIFT = 12
PAGE_OFFSET = 0xFFFF888000000000  # arch/x86/include/asm/page.h
IRQS_ON = 1 << 9  # EFLAGS.IF


def value(expression):
    return gdb.parse_and_eval(expression)


def symbol(name):
    """Is there a variable or a function of this name?"""
    return gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)


def on_model():
    return bool(symbol("model_cpu_off"))


def booted():
    """Have the per-CPU areas been made? Before paging is on, the kernel's addresses lead nowhere."""
    try:
        return bool(int(value("__per_cpu_offset[0]")))
    except gdb.MemoryError:
        return False


def number_of_cpus():
    return int(value("nr_cpu_ids")) if booted() else 0


def need_cpus():
    """Those that there are; an error before the kernel has made their areas."""
    if not booted():
        raise gdb.GdbError("no CPU has begun yet: continue first, to a breakpoint")
    return range(number_of_cpus())


def per_cpu(name, cpu):
    """The variable's copy of that CPU."""
    variable = value(f"&{name}")
    address = int(variable) + int(value(f"__per_cpu_offset[{cpu}]"))
    return gdb.Value(address & (1 << 64) - 1).cast(variable.type).dereference()


def struct(address, kind):
    """The object of type @kind there."""
    return gdb.Value(address).cast(gdb.lookup_type(kind).pointer()).dereference()


def page_number(page):
    """Frame of a struct page or ptdesc."""
    return (int(page.address) - int(value("mem_map"))) // gdb.lookup_type("struct page").sizeof


def ptdesc_of(pfn):
    return struct(int(value("mem_map")) + pfn * gdb.lookup_type("struct page").sizeof, "struct ptdesc")


def valid(pfn):
    return pfn < int(value("max_pfn"))


def address_of(pfn):
    """Where the kernel reaches that frame."""
    base = int(value("&model_memory")) if on_model() else PAGE_OFFSET
    return base + (pfn << PAGE_SHIFT)


def index_bits():
    """Bits of an address for each level: the model's tables have two entries (arch/model/include/asm/page.h)."""
    return 1 if on_model() else 9


def word_at(address):
    return int(gdb.Value(address).cast(gdb.lookup_type("unsigned long").pointer()).dereference()) & (1 << 64) - 1


@contextlib.contextmanager
def on(thread):
    """A thread is selected for the while; then what was selected before."""
    here, level = gdb.selected_thread(), gdb.selected_frame().level()
    thread.switch()
    try:
        yield
    finally:
        here.switch()
        gdb.execute(f"select-frame {level}")


def selected_cpu():
    """The CPU that GDB looks at; of the model, the one that runs."""
    if not on_model():
        return gdb.selected_thread().num - 1
    return next(cpu for cpu in need_cpus() if int(value(f"__per_cpu_offset[{cpu}]")) == int(value("model_cpu_off")))


def frames():
    """The calls of the selected thread, innermost first."""
    frame = gdb.newest_frame()
    while frame:
        yield frame
        try:
            frame = frame.older()
        except gdb.error:
            return


def threads():
    """[(cpu or None, thread)]: each CPU of the image; the one thread of the model."""
    every = sorted(gdb.selected_inferior().threads(), key=lambda t: t.num)
    if on_model():
        return [(None, thread) for thread in every[:1]]
    return [(thread.num - 1, thread) for thread in every]


def locals_of_type(kind):
    """(cpu, frame's function, name, value) of each variable of type @kind, or pointer to it, in any CPU's calls."""
    found = []
    for cpu, thread in threads():
        with on(thread):
            for frame in frames():
                found += [(cpu, frame.name(), name, value) for name, value in variables(frame, kind)]
    return found


def variables(frame, kind):
    """[(name, value)] of a call's variables and arguments of type @kind, or pointer to it."""
    try:
        block = frame.block()
    except RuntimeError:
        return
    while block and not block.is_global and not block.is_static:
        for sym in block:
            found = target(frame, sym, kind) if sym.is_variable or sym.is_argument else None
            if found is not None:
                yield sym.name, found
        block = block.superblock


def target(frame, sym, kind):
    """The object of type @kind that @sym is or points to, or None: another type, or optimised out."""
    of = sym.type.strip_typedefs().unqualified()
    pointer = of.code == gdb.TYPE_CODE_PTR
    if pointer:
        of = of.target().strip_typedefs().unqualified()
    if str(of) != kind:
        return None
    try:
        found = sym.value(frame)
        if found.is_optimized_out or pointer and not int(found):
            return None
        found = found.dereference() if pointer else found
        found.fetch_lazy()
        return found
    except (gdb.error, gdb.MemoryError):
        return None
