#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The explorer: its engine against brute force and x86-TSO, then every case of every scenario."""
import os
import re
import shutil

from hosttest import TOP, done, equal, listed, machine, ok, patient, planted_for, run_merged, skip, sources

status, out = run_merged(["make", "-s", "build/explore/litmus", "build/model/explore"], 300)
ok(status == 0, "the search engine, and the kernel on the modelled x86, are built", out)

with machine(alone=True):  # it compares one worker with two
    status, out = run_merged(["build/explore/litmus"], 240)
bad = re.findall(r"^not ok.*", out, re.M)
ok(status == 0 and not bad and re.search(r"^1\.\.\d+", out, re.M), "the engine: litmus tests, brute force, planted bugs",
   *bad, out[-2000:])

status, out = run_merged(["build/model/explore", "--all", "--jobs", str(os.cpu_count() or 1), "--seconds", str(patient(240))], 1200)
plan = re.search(r"^1\.\.(\d+)$", out, re.M)
results = re.findall(r"^(ok|not ok) \d+ (\S+) # (.*)$", out, re.M)
equal(len(results), int(plan.group(1)) if plan else None, "every planned case came out", out[-2000:])
names = [name for _, name, _ in results]
equal(sorted({name for name in names if names.count(name) > 1}), [], "no two cases have one name")
for good, name, what in sorted(results, key=lambda r: r[1]):
    ok(good == "ok", name, what)
ok(status == 0, "the explorer's exit status")

# Is the second IPI redundant? A word for each scenario and flush whose searches can tell.
SECOND = re.compile(r"^# second IPI (redundant|needed|not needed): (\S+), useful in (\d+) schedules; (\S+): (red|never red)$", re.M)
second = {name: (word, int(useful), without) for word, name, useful, _, without in SECOND.findall(out)}
for name in ("collapse_vs_gup.ipi.broadcast", "collapse_vs_gup.ipi.broadcast+tso", "collapse_twice_vs_gup.ipi.broadcast",
             "unshare_vs_gup.ipi.broadcast", "unshare_three_vs_gup.ipi.broadcast"):
    if name in second:
        equal(second[name], ("redundant", 0, "never red"), f"second IPI of {name}: redundant")
equal({name.split(".")[1] for name, (word, _, _) in second.items() if word == "redundant"}, {"ipi"},
      "second IPI: redundant on the native flush, and on no other", second)
for name in ("collapse_vs_gup.invlpgb.broadcast+hw", "collapse_vs_gup.invlpgb-nmi.broadcast", "unshare_vs_gup.invlpgb.broadcast+hw",
             "unshare_three_vs_gup.invlpgb-nmi.broadcast"):
    ok(name in second and second[name][0] == "needed" and second[name][1], f"second IPI of {name}: needed", second)
# And the word can come out otherwise: a flush that reaches no CPU has waited for no walker.
_, planted_out = run_merged(["build/model/explore", "--busted", "tlb_no_remote", "collapse_vs_gup", "ipi."], 60)
words = SECOND.findall(planted_out)
ok(words and all(word[0] == "needed" for word in words), "second IPI on ipi, with a flush that reaches no other CPU: needed", planted_out)

# Every planted bug comes out somewhere: here, in the torture (12-busted.t runs what the kernel
# lists), in a checked build (25-races.t), or in a Linux tree (30-linux.t).
planted = re.findall(r"^DEFINE_BUSTED\(\s*(\w+),", sources("arch", "boot", "kernel", "mm", "tests"), re.M)
planted = [bug for bug in planted if not re.match("pairs_|tlbbatch_", bug)]  # 29-pairs.t has those
ok(planted, "there are planted bugs")
linux = set(re.findall(r"^DEFINE_BUSTED\((\w+),", sources("tests/scenario/linux"), re.M))
red = {word for good, name, what in results if good == "ok" and what.startswith("red ")
       for word in re.split(r"[.+]", name)}
checked = planted_for("race", "sanitizer")
torture = set((listed() or {}).get("busted", []))
ok(torture, "the kernel lists those that its torture shows")
for name in sorted(set(planted)):
    if name == "targeted_no_mb":
        ok(name not in red, f"busted={name}: cannot be missed on x86, tests/RACES.md says why")
    else:
        ok(name in red | torture | checked | linux, f"busted={name}: red in a case here, in the torture, a checked build or a Linux tree")

# The ledger of races: the schedules that it names are those that come out.
found = {}
for name, red in re.findall(r"^ok \d+ (\w+)\.\S+ # red .*\n((?:# .*\n)*)", out, re.M):
    found.setdefault(name, set()).update(re.findall(r"^# replay (\S+)$", red, re.M))
with open(os.path.join(TOP, "tests/RACES.md"), encoding="utf-8") as ledger:
    rows = [row for row in ledger.read().split("## In the argument, by the explorer")[1].splitlines() if row.startswith("|")]
named = 0
for row in rows:
    scenario = None
    for word in re.findall(r"`([^`]+)`", row):
        if re.fullmatch(r"\w+_vs_\w+", word):
            scenario = word
        elif scenario and re.fullmatch(r"([a-zA-Z]+\d*)+", word) and re.search(r"\d", word):
            named += 1
            ok(word in found.get(scenario, ()), f"tests/RACES.md: {scenario} {word}", *found.get(scenario, ()))
ok(named > 20, f"tests/RACES.md names {named} schedules")

status, out = run_merged(["build/model/explore", "--check-restore", "switch_vs_flush", "invlpgb."], 120)
ok(status == 0, "states that come from checkpoints are those that were kept", out)

# Nothing of it depends on the clock or on the order of processes.
again = [run_merged(["build/model/explore", "collapse_vs_gup", "invlpgb-nmi.never"], 60)[1] for _ in range(2)]
cut = [re.sub(r"^.*schedules/s.*$", "", text, flags=re.M) for text in again]
equal(cut[0], cut[1], "the same search prints the same, byte for byte")
replay = re.search(r"^# replay (\S+)$", cut[0], re.M)
ok(bool(replay), "a red case prints its replay string", cut[0])
if replay:
    status, history = run_merged(["build/model/explore", "collapse_vs_gup", "invlpgb-nmi.never", replay.group(1)], 60)
    ok(status == 1 and "withdraw table" in history, "the replay string gives the same violation", history)
    make = ["make", "-s", "explore", "SCENARIO=collapse_vs_gup", "CASE=invlpgb-nmi.never", "REPLAY=" + replay.group(1)]
    status, out = run_merged(make, 60)
    equal(out.split("\nexplore.sh: trace: ")[0].strip(), history.strip(), "make explore SCENARIO= CASE= REPLAY= does the same, and writes a trace", out)
    if shutil.which("gdb"):
        status, out = run_merged([*make, "GDB=1"], 120)
        ok("Temporary breakpoint 1, model_show" in out, "with GDB=1 it stands still where the schedule begins", out)
    else:
        skip("with GDB=1 it stands still where the schedule begins", "gdb is not installed")
for wrong in ("CASE=x", "SCENARIO=lock_vs_lock GDB=1"):
    status, out = run_merged(["make", "explore", *wrong.split()], 60)
    ok(status == 2 and re.fullmatch(r"explore.sh: .*: say .*\nmake: .*\n?", out), f"make explore {wrong}: one line, status 2", out)

# One case, two workers: the same schedules in half the time, also where a worker makes a discovery.
def search(workers, *case):
    _, out = run_merged(["build/model/explore", "--jobs", str(workers), *case], 120)
    count = re.search(r"^ok 1 \S+ # never schedules=(\d+) .* complete=yes", out, re.M)
    cpu = re.search(r", ([\d.]+) s of CPU time$", out, re.M)
    return (int(count.group(1)), float(cpu.group(1))) if count and cpu else (0, 1e-9)


with machine(alone=True):
    one, two = [], []
    while len(one) < 6 and (not two or min(t for _, t in two) * 1.7 > min(t for _, t in one)):
        one.append(search(1, "collapse_twice_vs_gup", "invlpgb-nmi.mmcpus"))
        two.append(search(2, "collapse_twice_vs_gup", "invlpgb-nmi.mmcpus"))
figures = f"seconds of CPU time, one: {[t for _, t in one]}, the busier of two: {[t for _, t in two]}"
ok({n for n, _ in one} == {n for n, _ in two} != {0} and min(t for _, t in two) * 1.7 <= min(t for _, t in one),
   "two workers on one case: the same schedules, at least 1.7 times as fast", figures)
print(f"# {figures}")
equal(search(2, "zap_vs_gup", "ipi.broadcast")[0], search(1, "zap_vs_gup", "ipi.broadcast")[0],
      "what one worker discovers to be shared, the next search knows")

# What the reduction rests on: steps touch what they say. And a step that omits an object is seen.
for scenario in ("lock_vs_lock", "call_vs_reuse", "wake_vs_preempt", "collapse_vs_gup", "zap_vs_load", "tlbsync_vs_load"):
    status, out = run_merged(["build/model/explore", "--check", "2", scenario], 120)
    good = re.findall(r"^ok \d+ (\S+) # contract, 2 walks$", out, re.M)
    ok(status == 0 and good and f"1..{len(good)}\n" in out, f"{scenario} keeps the explorer's contract", out)
OMISSIONS = (
    ("memory", "lock_vs_lock", "ipi.broadcast"),
    ("buffer", "lock_vs_lock", "+tso"),
    ("slot", "lock_vs_lock", "+tso"),
    ("irqs", "zap_vs_load", "+tso"),
    ("pending", "zap_vs_load", "+tso"),
    ("nmi", "zap_vs_load", "invlpgb-nmi"),
    ("control", "zap_vs_load", "pv.broadcast+preempt"),
    ("invlpgb", "tlbsync_vs_load", "early"),
    ("tlb", "zap_vs_load", "invlpgb.broadcast+hw"),
    ("walk", "collapse_vs_gup", "invlpgb-nmi.receipt"),
    ("use", "zap_vs_load", "tlb_no_remote"),
)
for kind, scenario, case in OMISSIONS:
    status, out = run_merged(["build/model/explore", "--check", "30", "--omit", kind, scenario, case], 120)
    ok(status == 1 and re.search(r"^not ok .* # contract, .*\n#   \w+: .* after ", out, re.M),
       f"steps that omit {kind} are seen", out)
status, out = run_merged(["build/model/explore", "--check", "1", "--omit", "nonsense"], 10)
ok(status == 2 and len(out.splitlines()) == 1, "an object that does not exist: one line, status 2", out)
equal(sorted(out.split("they are: ")[-1].split()), sorted(kind for kind, *_ in OMISSIONS),
      "steps have omitted every kind of object")

# Hardware choices by themselves: no kernel, no scenario, no search.
status, out = run_merged(["build/model/explore", "--alone"], 10)
ok(status == 0 and "\nok 1 " in out, "hardware choices alone: what each allows, touches and does", out)
status, out = run_merged(["build/model/explore", "--busted", "hw_irq_keeps_stores", "--alone"], 10)
ok(status == 1 and "\nnot ok 1 " in out and "!can(PROC_IRQ)" in out,
   "an interrupt that does not wait for the store buffer is seen there", out)

for args, says in (
    (("nonsense",), "no such scenario; they are: "),
    (("lock_vs_lock", "nonsense"), "no such case; they are: "),
    (("lock_vs_lock", "ipi", "ab"), "a replay string is of one case"),
    (("lock_vs_lock", "+tso", "?"), "not a replay string"),
    (("lock_vs_lock", "+tso", "a2000"), "replay string: it cannot be followed: step "),
):
    status, out = run_merged(["build/model/explore", *args], 10)
    ok(status == 2 and says in out and len(out.splitlines()) == 1, f"{' '.join(args)}: one line, status 2", out)

# What was cut counts for nothing, and says what cut it.
for limit, why in (("--schedules 20", "schedule limit"), ("--preemptions 0", "preemption bound")):
    status, out = run_merged(["make", "-s", "explore", "SCENARIO=unshare_vs_gup", "CASE=ipi.broadcast", "APPEND=" + limit], 60)
    ok(status == 2 and re.search(rf"^not ok 1 .* complete=no .*: not complete: {why}$", out, re.M),
       f"APPEND={limit}: not complete, and why", out)

# What a failure needs is found by taking it away: the v4 barrier its store buffer, the lazy CPU its page walker.
for scenario, case, needs in (
        ("targeted_vs_gup", "walk_publish_weak+tso+hw", "store buffer of CPU1"),
        ("lazy_vs_unshare", "ipi.broadcast+fill", "page walker of CPU1"),
        ("x2apic_vs_store", "x2apic_no_fence+tso+x2apic", "store buffer of CPU0, x2APIC"),
        ("preempt_vs_collapse", "pv.never+preempt", "preemption of CPU1"),
        ("zap_vs_store", "ipi.broadcast.zap_flush_unlocked", "no hardware choice, only the order of steps")):
    status, out = run_merged(["build/model/explore", scenario, case], 240)
    equal(re.findall(r"^# needs: (.*)$", out, re.M), [needs], f"what {scenario} {case} needs", out[-2000:])

done()
