# SPDX-License-Identifier: GPL-2.0
"""The "# json" lines of RUN=bench (docs/bench.md), and what must hold of them."""
import glob
import json
import os

MARK = "# json "
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.environ.get("SHOOTDOWN_BENCH") or os.path.join(TOP, "build/bench")


class NoData(Exception):
    """There are no lines to read."""


def parse(text):
    """The lines of a console, as dictionaries."""
    return [json.loads(line[len(MARK):]) for line in text.splitlines() if line.startswith(MARK)]


def console(text):
    """What of a console is for people."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(MARK)) + "\n"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def save(path, rows):
    write(path, "".join(json.dumps(row) + "\n" for row in rows))


def load(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def files(suffix):
    """Those of each boot that make bench has kept: by backend, then by CPUs."""
    def order(path):
        flush, _, cpus = os.path.basename(path)[:-len(suffix)].rpartition("-")
        return flush, int(cpus) if cpus.isdigit() else 0
    return sorted(glob.glob(os.path.join(OUT, "*" + suffix)), key=order)


def kept(paths=()):
    """All rows of these files, or of those that make bench has kept; NoData if there are none."""
    try:
        rows = [row for path in paths or files(".jsonl") for row in load(path)]
    except (OSError, ValueError) as why:
        raise NoData(f"{why}; JSON lines of make bench are wanted") from why
    if not any("ops" in row for row in rows):
        raise NoData(f"no results in {' '.join(paths) or os.path.relpath(OUT)}; make bench SMP=16 measures some")
    return rows


def pick(rows, **keys):
    """Those rows that have these keys."""
    return [row for row in rows if all(row.get(k) == v for k, v in keys.items())]


def one(rows, **keys):
    """The only such row, or None."""
    found = pick(rows, **keys)
    return found[0] if len(found) == 1 else None


def beside(rows, row, **keys):
    """The contestant that was measured side by side with @row and has these keys, or None."""
    return one(rows, **{k: row[k] for k in ("set", "flush", "cpus")}, **keys)


def ratio(a, b):
    """Of their times, in the best tenth of each: what else runs on a host only adds to a time."""
    return a["p10"] / b["p10"]


## What must hold


def count_verdicts(rows):
    """(what, whether it is so, what was found): exact on any machine, on the native IPI."""
    for row in rows:
        if row.get("flush") != "ipi" or row.get("bench") not in ("collapse", "unshare", "spread"):
            continue
        want = {"broadcast": row["cpus"] - 1, "implied": 0, "receipt": 0, "receipt-mmcpus": 0,
                "mmcpus": row["mask"] - 1}.get(row["policy"])
        if want is not None:
            yield (f"{row['bench']} {row['variant']}, {row['policy']}, {row['cpus']} CPUs, mm on {row['mask']}: "
                   f"{want} sync IPIs", row["sync_ipis"] == want, row["sync_ipis"])
    for row in pick(rows, flush="ipi"):
        # The storm's come from many CPUs at once: two to one CPU may be one interrupt.
        if row["bench"] not in ("storm", "machine"):
            sent = row["flush_ipis"] + row["sync_ipis"]
            yield (f"{row['bench']} {row['variant']}, {row['policy']}, {row['cpus']} CPUs, mm on {row['mask']}: "
                   f"{sent} interrupts are taken", abs(row["taken"] - sent) < 0.0015, row["taken"])
    for row in pick(rows, bench="bystander", flush="ipi"):
        want = {"broadcast": 1, "implied": 0, "receipt": 0, "mmcpus": 0}.get(row["policy"])
        if want is not None:
            yield (f"bystander, {row['policy']}: {want} interrupts for an operation on each of {row['bystanders']} CPUs",
                   row["interrupts"] == want, row["interrupts"])
    for row in pick(rows, bench="storm", variant="per-table"):
        want = row["processes"] * row["tables"] * (row["cpus"] - 1)
        yield (f"storm, {row['processes']} processes in {row['families']} families: per-table sends {want} IPIs",
               row["sync_ipis"] == want, row["sync_ipis"])
    for row in pick(rows, bench="storm", variant="gather", flush="ipi"):
        name = f"storm, {row['processes']} processes in {row['families']} families, {row['policy']}"
        if row["policy"] in ("implied", "receipt", "receipt-mmcpus"):
            yield f"{name}: 0 sync IPIs", row["sync_ipis"] == 0, row["sync_ipis"]
        elif row["policy"] == "broadcast":
            # Tables become the parent's alone by every process of a family of its own, else by the last ones.
            own = row["processes"] == row["families"]
            least = row["processes"] if own else 1
            most = row["processes"] if own else row["tables"]
            yield (f"{name}: a sync each, of {row['cpus'] - 1} IPIs, for {least} to {most} gathers",
                   least <= row["sync_ipis"] / max(row["cpus"] - 1, 1) <= most or row["cpus"] == 1, row["sync_ipis"])


def time_bars(rows, cpus):
    """(what, percent, bar in percent) of the machine with @cpus CPUs, on the native IPI."""
    def row(bench, variant, policy):
        return one(rows, bench=bench, variant=variant, policy=policy, cpus=cpus, flush="ipi")

    with_ipi, without = row("unshare", "one", "broadcast"), row("unshare", "one", "implied")
    if with_ipi and without:
        ipi, cr3 = (beside(rows, without, variant=name) for name in ("ipi", "cr3"))
        yield ("time saved by implied, of one broadcast",
               100 * (ratio(with_ipi, ipi) - ratio(without, ipi)), 80)
        yield ("rate of an unshare, of a broadcast that reloads CR3", 100 * ratio(cr3, without), 50)
    for crowd in ("", "-all"):
        chase, gup = row("walk", "chase" + crowd, "none"), row("walk", "gup" + crowd, "broadcast")
        if chase and gup:
            yield (f"GUP-fast on {'all CPUs' if crowd else 'one CPU'}, of the chase's walks a second",
                   100 * ratio(chase, gup), 50 if crowd else None)
