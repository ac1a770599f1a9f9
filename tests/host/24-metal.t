#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The same search on driven CPUs: the same verdicts as on the model, and one schedule, the same events."""
import re
import tempfile

from hosttest import boot, done, equal, need_kernel, ok, one_line, patient, run

# Of each scenario what takes little time.
CASES = """
allow_vs_share.ipi.broadcast.hugetlb_flags_early
asid_evict_vs_flush.ipi.broadcast
asid_slot_vs_flush.ipi.broadcast
call_vs_call.ipi.broadcast
call_vs_reuse.ipi.broadcast
clean_vs_first_store.ipi.broadcast
clean_vs_store.ipi.broadcast
collapse_repopulate_vs_gup.invlpgb-nmi.broadcast
collapse_twice_vs_gup.ipi.receipt
collapse_vs_gup.invlpgb-nmi.rcu
collapse_vs_gup.ipi.broadcast
collapse_vs_store.ipi.broadcast
dontneed_vs_gup.ipi.broadcast
dontneed_vs_pin.ipi.broadcast
fault_vs_fault.ipi.broadcast.fault_no_recheck
fault_vs_file_fault.ipi.broadcast
fault_vs_retract.ipi.broadcast.fault_no_invalidate_lock
fault_vs_truncate.ipi.broadcast
flush_vs_flush.ipi.broadcast
free_vs_fill.ipi.early-free.tlb_no_remote
huge_then_small_vs_load.ipi.broadcast
huge_vs_gup.invlpgb-nmi.never.gup_no_pmd_recheck
huge_vs_load.ipi.broadcast
huge_vs_pin.ipi.never
huge_vs_store.ipi.broadcast
hugetlb_vs_gup.ipi.never
hugetlb_vs_load.ipi.broadcast
hugetlb_vs_store.ipi.broadcast
interrupt_vs_store.ipi.broadcast
ipi_ring.ipi.broadcast
ipi_vs_ipi.ipi.broadcast
iret_vs_store.ipi.broadcast
lazy_return_vs_flush.ipi.broadcast
lazy_vs_collapse.ipi.broadcast.tlb_skip_lazy
lazy_vs_munmap_pmd.ipi.early-free.tlb_skip_lazy
lazy_vs_munmap_pte.ipi.early-free.tlb_skip_lazy
lazy_vs_munmap_pud.ipi.early-free.tlb_skip_lazy
lazy_vs_nested.ipi.early-free.tlb_skip_lazy
lazy_vs_unshare.ipi.broadcast
leave_vs_enter.ipi.broadcast
lock_vs_lock.ipi.broadcast
lock_vs_trylock.ipi.broadcast
mmap_vs_truncate.ipi.broadcast.fault_no_invalidate_lock
move_split_vs_truncate.ipi.broadcast
move_range_vs_first_load.ipi.broadcast
move_range_vs_load.ipi.broadcast
move_table_vs_load.ipi.broadcast
move_vs_load.ipi.broadcast
move_vs_truncate.ipi.broadcast
nested_vs_load.ipi.broadcast
nmi_walker_vs_collapse.ipi.receipt
nmi_walker_vs_text_poke.ipi.receipt
nomem_vs_gup.ipi
protect_vs_retract.ipi.broadcast
protect_vs_share.ipi.broadcast
pmd_table_vs_load.ipi.broadcast
protect_range_vs_store.ipi.broadcast
protect_vs_store.ipi.broadcast
range_vs_first_load.ipi.broadcast
range_vs_load.ipi.broadcast
range_vs_load_tables.ipi.broadcast
rcu_vs_begin.ipi.broadcast
rcu_vs_reader.ipi.broadcast.rcu_gp_under_way
remap_vs_load.ipi.broadcast
retract_vs_gup.ipi
retract_vs_load.ipi.broadcast.retract_partly
retract_vs_unmap.ipi.broadcast.unmap_unlink_late
rwsem_vs_rwsem.ipi.broadcast
rwsem_vs_two.ipi.broadcast.rwsem_wakes_all
share_vs_share.ipi.broadcast.share_keeps_count
share_vs_unmap.ipi.early-free.unmap_may_share
split_vs_clean.ipi.broadcast
split_vs_fault.ipi.broadcast
split_vs_gup.ipi.broadcast
split_vs_share.ipi.broadcast
split_vs_split.ipi.broadcast.split_none
split_vs_truncate.ipi.broadcast
small_then_huge_vs_load.ipi.broadcast
switch_vs_flush.ipi.broadcast.tlb_no_switching
switch_vs_unshare.ipi.receipt+eager
trim_vs_flush.ipi.broadcast.tlb_trim_remote+trim
trylock_vs_trylock.ipi.broadcast
unmap_part_vs_truncate.ipi.broadcast.split_two_locks
unmap_vs_truncate.ipi.broadcast
unshare_three_vs_gup.ipi.receipt
unshare_vs_gup.ipi.receipt
unshare_vs_load.ipi.broadcast
wake_vs_preempt.ipi.broadcast
wake_vs_sleep.ipi.broadcast
x2apic_vs_call.ipi.broadcast
x2apic_vs_store.ipi.broadcast
zap_vs_first_store.ipi.broadcast
zap_vs_gup.ipi
zap_vs_load.ipi.broadcast
zap_vs_store.ipi.broadcast
""".split()

# Red before any CPU has come to something that is recorded (tests/CAVEATS.md): only the verdict.
SILENT = """
ipi_vs_ipi.ipi.broadcast.ipi_irqs_off
lock_vs_lock.ipi.broadcast.lock_look_then_take
lock_vs_trylock.ipi.broadcast.lock_look_then_take
trylock_vs_trylock.ipi.broadcast.lock_plain_trylock
""".split()

# Two pages are a whole table of the model, and a part of one here: the model's kernel first tries to move the
# PMD entry (tests/CAVEATS.md). Of these the verdict is compared, and that the events do differ.
WHOLE_TABLE = """
move_table_vs_load.ipi.broadcast
move_table_vs_load.ipi.broadcast.move_flush_unlocked
""".split()


def traces(out):
    """Of each case: its result, and the event trace of one schedule."""
    found = {}
    for part in re.split(r"^(?=(?:not )?ok \d+ )", out, flags=re.M)[1:]:
        head = re.match(r"(ok|not ok) \d+ (\S+) # (\S+) .*", part)
        found[head.group(2)] = (head.group(1), head.group(0), trace_of(part))
    return found


def trace_of(out):
    return re.findall(r"^# trace (.*)$", out, re.M)


def on_the_model(lines, scenario, case):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.writelines(f"# trace {line}\n" for line in lines)
        file.flush()
        return run(["build/model/explore", "--trace", file.name, scenario, case], timeout=120)


def metal(**variables):
    return boot(RUN="metal", SMP=4, timeout=300, **variables)


need_kernel("metal")
run("make -s build/model/explore", timeout=300)
# All in one are more than fit on a kernel's command line.
BOOTS = 5
results = [metal(APPEND=f"seconds={patient(60)} scenario=" + ",".join(CASES[i::BOOTS])) for i in range(BOOTS)]
found = {name: trace for result in results for name, trace in traces(result.out).items()}
for result in results:
    ok(result.status == 0, "status 0", result)
equal([n for n in CASES if not any((name + ".").startswith(n + ".") for name in found)], [], "every case came out", *results)
for name, (verdict, line, lines) in sorted(found.items()):
    ok(verdict == "ok", line.split("#")[0].split(" ", 2)[2].strip() + ": as the model has it", line)
    equal(not lines, name in SILENT, f"{name}: a schedule has events, or is known to have none")
    if not lines:
        continue
    scenario, case = name.split(".", 1)
    model = on_the_model(lines, scenario, case)
    same = model.status == 0 and trace_of(model.out) == lines
    equal(same, name not in WHOLE_TABLE, f"{name}: the same events on the model, or known to differ", model)

# A schedule and its string.
replay = re.search(r"collapse_vs_gup.invlpgb-nmi.rcu #.*?^# replay (\S+)$", "".join(r.out for r in results), re.M | re.S)
ok(bool(replay), "a red case prints its replay string", *results)
again = metal(APPEND=f"scenario=collapse_vs_gup.invlpgb-nmi.rcu replay={replay.group(1) if replay else ''}")
ok(again.status == 1 and "walks" in again.out, "the string gives the same violation", again)
equal(trace_of(again.out), found["collapse_vs_gup.invlpgb-nmi.rcu"][2], "and the same events")

# What the gate must be seen by when it does not work.
open_gate = metal(APPEND="scenario=collapse_vs_gup.invlpgb-nmi.rcu plant=open")
ok(open_gate.status == 1 and "never red, and must be" in open_gate.out, "a gate at which no CPU stops finds nothing: red", open_gate)
other = found["collapse_vs_gup.ipi.broadcast"]
other = list(other[2])
model = on_the_model(other, "collapse_vs_gup", "ipi.receipt")
ok(model.status == 1 and "does not come" in model.out, "the events of another case do not come", model)
at = other.index("CPU0 FLUSH_END")
other[at - 1], other[at] = other[at], other[at - 1]
model = on_the_model(other, "collapse_vs_gup", "ipi.broadcast")
ok(model.status == 1 and trace_of(model.out) != other, "nor do its own in an order that cannot be", model)
for trace, what in (("/dev/null", "has no line '# trace ...'"), ("/nonsense", "cannot be read")):
    wrong = run(["build/model/explore", "--trace", trace, "collapse_vs_gup", "ipi.broadcast"], timeout=10)
    one_line(wrong, re.escape(f"explore: --trace {trace}: {what}"), f"--trace {trace}")
silent = metal(APPEND="scenario=collapse_vs_gup.ipi.broadcast plant=silent watchdog=1")
ok(silent.status == 3 and re.search(r"CPU\d: has reached no sync point for \d+ s, after", silent.out) and
   "backtrace" in silent.out, "a CPU that never answers: one line, where it is, status 3", silent)
blind = metal(APPEND="scenario=collapse_vs_gup.ipi.broadcast plant=blind")
ok(blind.status == 3 and "is not as it was, and no Dirty flag shows a write to it" in blind.out,
   "what is written by way of the image alone, and not put back, is seen: status 3", blind)
few = boot(RUN="metal", SMP=2, APPEND="scenario=collapse_vs_gup.ipi", timeout=60)
ok(few.status == 2 and "give it 3 (run.sh: SMP=)" in few.err + few.out, "too few CPUs: one line, status 2", few)
part = run(["make", "-s", "explore", "METAL=1", "SMP=4", "SCENARIO=remap_vs_load", "CASE=no_remote"], timeout=60)
ok(part.status == 0 and "1..1\nok 1 remap_vs_load.ipi.broadcast.tlb_no_remote " in part.out, "CASE= is part of a name", part)
part = run(["make", "-s", "explore", "METAL=1", "SMP=4", "SCENARIO=remap_vs_load", "CASE=no_remote", "REPLAY=a200"], timeout=60)
ok(part.status == 2 and "is no schedule of remap_vs_load.ipi.broadcast.tlb_no_remote" in part.out + part.err,
   "a schedule of another case: said, status 2", part)
none = metal(APPEND="scenario=nonsense")
ok(none.status == 2 and "no case of that name" in none.err + none.out, "no such case: one line, status 2", none)
done()
