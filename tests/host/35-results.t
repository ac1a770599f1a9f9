#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What is made of a bench: docs/RESULTS.md is what comes out; the scaling model; pictures; the report."""
import json
import os
import random
import re
import shutil
import tempfile

from hosttest import BENCH_IMAGE, LIMIT, boot, diag, done, equal, machine, need_bench, need_kernel, ok, one_line, patient, read, run, skip, write

import bench_model
import bench_rows

POLICIES = ("broadcast", "mmcpus", "receipt", "implied")

need_kernel()
need_bench()
tmp = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with


def place(name):
    return os.path.join(tmp.name, name)


## docs/RESULTS.md: each count, at two pairs of n and k

TEXT = read("docs/RESULTS.md")


def block(title):
    """[[cell]] of the table that begins so, without its heads."""
    lines = re.search(rf"^    {title}.*\n((?:    .*\n)+)", TEXT, re.M).group(1).splitlines()
    return [re.split(r"\s{2,}", line.strip()) for line in lines if "broadcast" not in line]


def value(formula, **numbers):
    """Of n, k and p."""
    if not re.fullmatch(r"[nkp0-9+*()-]+", formula):
        raise ValueError(f"docs/RESULTS.md: {formula}: not a formula of n, k and p")
    return eval(formula, {}, numbers)  # pylint: disable=eval-used


def differences(rows):
    """(what docs/RESULTS.md says and these rows do not, how many statements were compared)"""
    wrong, compared = [], 0

    def compare(row, key, formula, **numbers):
        nonlocal compared
        compared += 1
        want = value(formula, **numbers)
        # A flush leaves out a CPU that runs a kernel thread just then (lazy): now and then, in a mean of few.
        least = want - 0.25 if key == "flush_ipis" else want
        if row is None or not least <= row[key] <= want:
            wrong.append((formula, numbers, key, row and [row[k] for k in ("bench", "variant", "policy", key)]))

    for name, flush, *syncs in block("operation"):
        bench, variant = name.split()
        for policy, sync in zip(POLICIES, syncs):
            row = bench_rows.one(rows, bench=bench, variant=variant, policy=policy)
            numbers = {"n": row["cpus"], "k": row["mask"]} if row else {"n": 0, "k": 0}
            compare(row, "flush_ipis", flush, **numbers)
            compare(row, "sync_ipis", sync, **numbers)
    for variant, *counts in block("bystander"):
        for policy, count in zip(POLICIES, counts):
            compare(bench_rows.one(rows, bench="bystander", variant=variant, policy=policy), "interrupts", count)
    for _, *counts in block("storm"):
        for policy, count in zip(("per-table", *POLICIES), counts):
            variant = {"variant": "per-table"} if policy == "per-table" else {"variant": "gather", "policy": policy}
            row = next((r for r in bench_rows.pick(rows, bench="storm", **variant) if r["families"] == r["processes"] > 1), None)
            compare(row, "sync_ipis", count, n=row["cpus"] if row else 0, p=row["processes"] if row else 0)
    return wrong, compared


def bench(smp, crew, **variables):
    """The console of one boot."""
    result = boot(IMAGE=BENCH_IMAGE, RUN="bench", SMP=smp, MEM=256 + 10 * smp, timeout=60,
                  APPEND=f"json=on slice=1 crew={crew}", **variables)
    ok(result.status == 0, f"SMP={smp} crew={crew}: ends", result)
    diag(f"SMP={smp}: {result.seconds:.1f} s")
    return result.out


small = bench(6, 3, POLICY="broadcast,mmcpus,receipt,implied,targeted")
rows = bench_rows.parse(small)
wrong, compared = differences(rows)
ok(not wrong and compared >= 80, "docs/RESULTS.md: the counts, 6 CPUs, mm on 3", wrong, compared)
large = bench(16, 16, POLICY=",".join(POLICIES))
wrong, compared = differences(bench_rows.parse(large))
ok(not wrong and compared >= 80, "docs/RESULTS.md: the counts, 16 CPUs, mm on all", wrong, compared)
for key in ("flush_ipis", "sync_ipis", "interrupts"):
    for more in (1, -1):
        other = [{**row, key: row[key] + more} if key in row and row["policy"] == "broadcast" else row for row in rows]
        ok(differences(other)[0], f"{more:+} {key} under broadcast is seen")

# With assertions: what the bench flavour leaves out holds in every measurement.
checked = boot(RUN="bench", SMP=6, MEM=316, POLICY="broadcast,receipt", APPEND="slice=1 crew=3", timeout=60)
ok(checked.status == 0, "the debug flavour measures too", checked)
diag(f"the debug flavour: {checked.seconds:.1f} s")

## The model: rows of known coefficients

TRUE = {"fixed": 7000.0, "round": 700.0, "online": 3.0, "flush": 3600.0, "sync": 800.0, "write": 500.0}


def made(noise, seed, sizes=(1, 2, 4, 8, 16, 32, 64, 128), contention=0.0, slope=1.0):
    """Rows of a sweep on an x2APIC; counted here by themselves, not by the model."""
    dice, found = random.Random(seed), []

    def add(n, k, bench, variant, policy, flushes, sync_to, fixed):
        flush = k - 1 if flushes else 0
        sync = {"all": n - 1, "mask": k - 1, None: 0}[sync_to]
        rounds, writes = 0, 0
        for targets, whom in ((flush, k), (sync, n if sync_to == "all" else k)):
            rounds += targets > 0
            writes += targets > 0 and (1 if whom == n else len({cpu // 16 for cpu in range(1, whom)}))
        time = (fixed + rounds * (TRUE["round"] + n * TRUE["online"]) + slope * TRUE["flush"] * flush + TRUE["sync"] * sync
                + TRUE["write"] * writes + contention * (flush + sync) ** 2)
        found.append({"bench": bench, "variant": variant, "policy": policy, "flush": "ipi", "cpus": n, "mask": k, "ops": 1,
                      "flush_ipis": flush, "sync_ipis": sync, "p10": time * (1 + dice.gauss(0, noise))})

    def sets(n, k, bench):
        add(n, k, bench, "ipi", "none", False, "all", 100)
        add(n, k, bench, "flush", "none", True, None, 300)
        for policy, sync in (("broadcast", "all"), ("mmcpus", "mask"), ("implied", None)):
            add(n, k, bench, "one", policy, True, sync, TRUE["fixed"])

    for n in sizes:
        found.append({"bench": "machine", "cpus": n, "flush": "ipi", "apic": "x2APIC", "ratios_only": False})
        sets(n, n, "unshare")
    for k in (k for k in sizes if k < sizes[-1]):
        sets(sizes[-1], k, "spread")
    return found


model = bench_model.Model(made(0.002, 1))
for name, want in (("fixed, unshare", TRUE["fixed"]), ("a round", TRUE["round"]), ("a round, a CPU online", TRUE["online"]),
                   ("a flush target, unshare", TRUE["flush"]), ("a sync target", TRUE["sync"]), ("an ICR write", TRUE["write"])):
    got, error = model.fit.coefficients[name], model.fit.error(name)
    ok(abs(got - want) < 1.5 * error and error < 0.3 * want, f"synthetic data: {name} is found again", got, error, want)
ok(not model.rejected and model.held_error < 0.01, "and what was held out is as predicted", model.misses)
exact = bench_model.Model(made(0, 1)).at("unshare", "broadcast", 1024, 1024)[0]
inside = sum(abs(at[0] - exact) < at[1] for at in (bench_model.Model(made(0.02, seed)).at("unshare", "broadcast", 1024, 1024)
                                                   for seed in range(30)))
ok(inside >= 27, "1,024 CPUs: the interval has the true time", f"{inside} of 30")

bent = bench_model.Model(made(0.02, 1, contention=60.0))
ok(bent.rejected, "a cost that grows with the square of the targets: the form is rejected", bent.held_error)
few = bench_model.Model(made(0.02, 1, sizes=(1, 2, 4, 8, 16)))
ok("an ICR write" in few.fit.left_out, "one x2APIC cluster: what a write costs is not to be told from a round", few.fit.left_out)


def tool(name, *rows_, **env):
    path = place("rows.jsonl")
    bench_rows.save(path, rows_)
    return run([f"tools/{name}", path], env)


good = tool("bench_model.py", *made(0.02, 1))
ok(good.status == 0 and "Extrapolated to 1,024" in good.out and "missed by" in good.out, "bench_model.py: table", good)
ok(all(len(line) <= 72 for line in good.out.splitlines()), "in 72 columns", good)
bad = tool("bench_model.py", *made(0.02, 1, contention=60.0))
ok(bad.status == 1 and "\nnot ok the form does not hold" in bad.out and "Extrapolated" not in bad.out, "a wrong form: status 1, no extrapolation", bad)
one_line(tool("bench_model.py", *made(0.02, 1, sizes=(1, 2))), r"too few: the sweep needs SMP=8", "two sizes of machine")

## Without data

empty = {"SHOOTDOWN_BENCH": place("empty")}
os.mkdir(empty["SHOOTDOWN_BENCH"])
for name in ("bench_model.py", "bench_plots.py", "bench_report.py"):
    one_line(run([f"tools/{name}"], empty), r"no .*results in .*make bench", f"{name} without data")
one_line(run(["tools/bench_model.py", "README.md"]), r"JSON lines of make bench are wanted", "bench_model.py of another file")
ok(run(["make", "bench-model"], empty).status != 0, "make bench-model without data: not 0")

## Pictures

PICTURES = ("bystander", "latency", "model", "storm", "sweep", "walk")
kept = {"SHOOTDOWN_BENCH": place("kept")}
bench_rows.save(os.path.join(place("kept"), "ipi-16.jsonl"), bench_rows.parse(large))
if shutil.which("gnuplot") or os.geteuid() == 0:
    drawn = run(["make", "plots"], kept)
    diag(f"make plots: {drawn.seconds:.1f} s")
    directory = place("kept/plots")
    found = {n for n in PICTURES if os.path.exists(f"{directory}/{n}.svg") and os.path.exists(f"{directory}/{n}.png")}
    # With one size of machine and few samples the model may say that there is nothing to draw.
    ok(drawn.status == 0 and found >= set(PICTURES) - {"model", "sweep"}, "make plots: SVG and PNG", found, drawn)
    row = bench_rows.pick(bench_rows.parse(large), bench="machine")[0]
    for name in sorted(found):
        text = re.sub(r"<[^>]*>", "", read(f"{directory}/{name}.svg"))
        words = [row["cpu"], row["machine"], row["host"], f"flush={row['flush']}"] + ["ratios only"] * row["ratios_only"]
        ok(all(word in text for word in words), f"{name}: says CPU, machine, QEMU, backend, and ratios only", text[:2000])
    with open(f"{directory}/storm.png", "rb") as file:
        ok(file.read(8) == b"\x89PNG\r\n\x1a\n", "the PNG is one")
    times = [{**r, "ratios_only": False} if r["bench"] == "machine" else {**r, "stolen_ppm": 7, "longest": 900} if r["bench"] == "bystander" else r
             for r in bench_rows.parse(large)]
    drawn = tool("bench_plots.py", *times, SHOOTDOWN_BENCH=place("times"))
    text = re.sub(r"<[^>]*>", "", read(place("times/plots/bystander.svg")))
    ok(drawn.status == 0 and "ratios only" not in text and "stolen" in text, "where times hold: stolen time, and no such label", drawn)
else:
    skip("make plots", "no gnuplot, and no root to install it")

## The report

write(place("console"), large.replace("\n", "\r\n"))
report = run(["tools/bench_report.py", place("console")])
ok(report.status == 0, "a report of a console", report)
says = dict(re.findall(r"^([^:\n]+):\s+(.*)$", report.out.split("\nVerdicts\n")[0], re.M))
ok({"git", "kernel image", "machine", "CPU", "microcode", "emulator", "counts", "times"} <= set(says)
   and re.fullmatch(r"sha256 [0-9a-f]{64}", says["kernel image"]) and re.fullmatch(r"0x[0-9a-f]+", says["microcode"]), "says what it ran on", says)
equal(says["times"].split(",")[0], "ratios within one run" if says["machine"] == "TCG" else "times", "and what its times are worth")
ok("host's CPU" not in says, "nothing of this host: the console may be another machine's", says)
ok(all(f"\n{head}\n===" in report.out for head in ("Verdicts", "Across CPUs and backends", "Scaling", "Each boot"))
   and "\nbystander: mm on 2 of 16 CPUs" in report.out and bench_rows.MARK not in report.out, "with all tables", report)

metal = re.sub(r'"machine": "TCG"(.*)"ratios_only": true', r'"machine": "bare metal"\1"ratios_only": false', large)
write(place("metal"), metal)
result = run(["tools/bench_report.py", place("metal")])
ok(result.status == 0 and "times, of this machine" in result.out, "bare metal: times are times", result.out[:1500])
lines = large.splitlines()
at = next(i for i, line in enumerate(lines) if '"bench": "walk"' in line)
write(place("cut"), "\n".join(lines[:at] + [lines[at][:60]]))
result = run(["tools/bench_report.py", place("cut")])
ok(result.status == 0 and "note: 1 of 1 boots: the log ends" in result.out and "note: 1 damaged" in result.out, "a log that is cut: said", result.out[:1500])
one_line(run(["tools/bench_report.py", place("metal"), place("console")]), r"two boots with 16 CPUs", "two boots of the same machine")
one_line(run(["tools/bench_report.py", place("absent")]), r"absent: No such file", "a log that is not there")
write(place("red"), large.replace('"policy": "implied", "flush": "ipi", "cpus": 16, "mask": 16', '"policy": "broadcast", "flush": "ipi", "cpus": 16, "mask": 16', 1))
result = run(["tools/bench_report.py", place("red")])
ok(result.status == 1 and "\nnot ok " in result.out, "a count that is wrong: status 1", result.out[:2000])

with machine():
    made_ = run(["make", "bench-report"], {"SMP": 2, "BENCH": "unshare", "APPEND": "slice=1", "SHOOTDOWN_BENCH": place("report")}, timeout=60)
diag(f"make bench-report: {made_.seconds:.1f} s")
text = read(place("report/report.txt")) if os.path.exists(place("report/report.txt")) else ""
host = json.loads(read(place("report/host.json"))) if text else {}
ok(made_.status == 0 and f"host's kernel:      {host.get('kernel')}" in text and host.get("image", "?") in text, "make bench-report: with the host", made_)
ok(made_.seconds < patient(6 * LIMIT), "in time")
tmp.cleanup()
done()
