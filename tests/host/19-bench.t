#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make bench: its tables, its lines, its counts; and that make bench-check sees a policy become slower.

Whether its bars hold is for a quiet machine to say (make bench SMP=64), not for this test.
"""
import os
import re
import tempfile

from hosttest import BENCH_IMAGE, boot, diag, done, equal, machine, need_bench, ok, one_line, read, run, write
from objcode import flags, text

import bench_rows

need_bench()


def bench(timeout=100, **variables):
    """(result, rows) of one boot of the bench flavour."""
    variables["APPEND"] = " ".join(filter(None, ["json=on", variables.get("APPEND")]))
    result = boot(IMAGE=BENCH_IMAGE, RUN="bench", timeout=timeout, **variables)
    return result, bench_rows.parse(result.out)


def counts(rows):
    return [(r["bench"], r["variant"], r["policy"], r["ops"], r["flush_ipis"], r["sync_ipis"]) for r in rows
            if "ops" in r]


## What is refused

one_line(boot(IMAGE=BENCH_IMAGE, RUN="bench", BENCH="unshare,nonsense", timeout=20),
         r"bench=nonsense: no such measurement", "BENCH=nonsense", channel="both")
one_line(boot(IMAGE=BENCH_IMAGE, RUN="bench", BENCH="bystander", SMP=2, timeout=20),
         r"bench=bystander: not enough CPUs", "BENCH=bystander on two CPUs", channel="both")
one_line(boot(IMAGE=BENCH_IMAGE, RUN="bench", POLICY="nonsense", timeout=20),
         r"policy=nonsense: no such policy", "POLICY=nonsense", channel="both")
one_line(boot(IMAGE=BENCH_IMAGE, RUN="bench", APPEND="planted=nonsense", timeout=20),
         r"planted=", "planted=nonsense", channel="both")

## The sweep: every measurement, every backend

with machine():
    sweep = run(["make", "bench"], {"SMP": 4, "APPEND": "slice=4"}, timeout=120)
diag(f"make bench SMP=4 with short slices: {sweep.seconds:.1f} s")
table = [line for line in sweep.out.splitlines() if not line.startswith("# ")]
ok(sweep.status == 0 and "\nok " in sweep.out, "make bench: every count is as it must be", sweep)
ok(table and all(len(line) <= 72 for line in table), "its tables fit into 72 columns",
   [line for line in table if len(line) > 72])
ok(all("ratios only" in line for line in table if "; us" in line) or "TCG" not in sweep.out,
   "on TCG each table says what its times are worth", sweep)
rows = [row for name in sorted(os.listdir("build/bench")) if name.endswith(".jsonl")
        for row in bench_rows.load(f"build/bench/{name}")]
listed = boot(IMAGE=BENCH_IMAGE, RUN="list", SMP=1, timeout=20).out
names = set(re.findall(r"^# list: bench (\S+)", listed, re.M))
equal({row["bench"] for row in rows} - {"machine", "interrupts"}, names, "every measurement has lines")
policies = {n for n, busted in re.findall(r"^# list: policy (\S+) \d+ (\d)", listed, re.M) if busted == "0"}
usable = set(re.findall(r"^# list: flush (\S+) \d+ \d 0$", listed, re.M))
equal({(r["flush"], r["policy"]) for r in bench_rows.pick(rows, bench="unshare", variant="one", cpus=4)},
      {(f, p) for f in usable for p in policies}, "every policy on every backend")
equal({r["cpus"] for r in bench_rows.pick(rows, bench="collapse", flush="ipi")}, {1, 2, 4}, "1, 2, 4 CPUs")
equal({r["mask"] for r in bench_rows.pick(rows, bench="spread")}, {1, 2, 4}, "the mm on 1, 2, 4 CPUs")
measured = [row for row in rows if "ops" in row]
ok(all(sum(n for _, n in row["hist"]) == row["n"] for row in measured), "each histogram has all samples")
ok(all(0 <= row["spread"] and 0 < row["median"] <= row["p99"] <= row["max"] <= row["hist"][-1][0]
       for row in measured), "quantiles ascend, the last bucket has the longest")
documented = set(re.findall(r"[`\"](\w+)[`\"]", read("docs/bench.md")))
equal({key for row in rows for key in row} - documented, set(), "docs/bench.md has every key")

# What make bench calls wrong.
with machine():
    more = run(["tools/bench.py"], {"SMP": 4, "BENCH": "collapse", "APPEND": "slice=4 planted=receipt"}, timeout=60)
said = [line for line in more.out.splitlines() if line.startswith("not ok ")]
ok(more.status == 1 and said[0].startswith("not ok collapse op, receipt, 4 CPUs") and "not 6" in said[0] and len(said) == 2,
   "three interrupts an operation that nobody says to have sent are seen", more)
wrong = [{**row, "sync_ipis": row["sync_ipis"] + 0.001} if row.get("policy") == "implied" else row for row in rows]
ok(any(not good for _, good, _ in bench_rows.count_verdicts(wrong)), "one sync IPI in a thousand operations is seen")

## Counts at other numbers of CPUs, and again

for smp in (3, 31, 255):
    result, rows = bench(SMP=smp, BENCH="unshare,collapse", POLICY="broadcast,implied,receipt", APPEND="slice=1",
                         MEM=1020 if smp == 255 else 256)
    verdicts = list(bench_rows.count_verdicts(rows))
    diag(f"SMP={smp}: {result.seconds:.1f} s")
    ok(result.status == 0 and len(verdicts) == 36 and all(good for _, good, _ in verdicts),
       f"SMP={smp}: n - 1 sync IPIs with broadcast, 0 with implied and receipt", verdicts, result.err)

runs = [bench(SMP=3, BENCH="unshare,storm,walk", SEED=1, DETERMINISTIC=1, APPEND="slice=1") for _ in range(3)]
first = counts(runs[0][1])
ok(len(first) > 30 and all(counts(rows) == first for _, rows in runs), "DETERMINISTIC=1: the same counts three times",
   runs[0][0])

## The walker: instructions under icount, machine code

walks = {r["policy"]: r["median"] for r in bench_rows.pick(runs[0][1], bench="walk", variant="gup")}
targeted = walks.pop("targeted")
diag(f"instructions of a walk: {sorted(set(walks.values()))}, under targeted {targeted}")
ok(len(walks) >= 5 and len(set(walks.values())) == 1, "the same number of instructions under every policy", walks)
ok(targeted > max(walks.values()), "more under targeted, whose walkers say what they walk", targeted, walks)


def bracket(tmp, name, publish):
    """A copy of the header of the walkers' bracket, with what asks whether to publish replaced."""
    header, n = publish(read("mm/include/mm/pt_walk.h"))
    write(os.path.join(tmp, name, "mm/pt_walk.h"), header)
    return os.path.join(tmp, name), n


BLOCK = re.compile(r"\tif \(READ_ONCE\(pt_walk_publish\)\) \{\n.*?\n\t\}\n", re.S)
with tempfile.TemporaryDirectory() as tmp:
    bare, cut = bracket(tmp, "bare", lambda h: BLOCK.subn("", h))
    quiet, switched = bracket(tmp, "quiet", lambda h: re.subn(r"READ_ONCE\(pt_walk_publish\)", "false", h))
    equal((cut, switched), (2, 2), "where a walk begins and ends it asks whether to publish")
    command = flags("mm/gup.c")
    code = {name: text(command, "mm/gup.c", include, tmp)
            for name, include in (("image", None), ("bare", bare), ("quiet", quiet))}
ok(code["quiet"] == code["bare"], "without targeted: the machine code of a walker that knows no policy")
ok(code["image"] != code["bare"], "and the comparison sees the question that the image's walkers ask")
questions = re.findall(rb"^.*R_X86_64_\S+\s+(pt_\S+|active_\S+)", code["image"], re.M)
ok(questions and all(q.startswith((b"pt_walk_publish", b"active_lockless_pt_walk_mm")) for q in questions),
   "the image's walkers look at nothing else of a policy", questions)

## bench-check

with machine(alone=True):
    check = run(["make", "bench-check"], timeout=60)
    ok(check.status == 0 and "\nok bench-check" in "\n" + check.out, "bench-check: green", check)
    planted = run(["tools/bench.py", "check"], {"APPEND": "planted=implied"}, timeout=60)
slower = re.findall(r"^not ok (.*)", planted.out, re.M)
ok(planted.status == 1 and any("implied: takes" in line for line in slower), "one more broadcast an operation: red",
   planted)
ok(not any("receipt" in line for line in slower), "and no other policy is", slower)
diag(f"bench-check: {check.seconds:.1f} s")
done()
