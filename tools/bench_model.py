#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make bench-model: the time of an operation on n CPUs with the mm on k of them, fitted to the sweep.

usage: bench_model.py [FILE.jsonl...]        (default: what make bench has kept in build/bench)

    time = fixed + rounds + rounds * n + flush targets + sync targets + ICR writes

Each term but fixed is a count that follows from n, k and the policy, times a coefficient. What is fixed, and what a flush costs on its
target, is each operation's own; the rest is common to all. A round is one set of interrupts that is waited for; part of it grows with the CPUs online: masks are as long, and an emulator passes
over its idle CPUs. An ICR write reaches all CPUs but the sender (shorthand),
or in a mask a cluster of 16 (x2APIC), all CPUs (xAPIC, up to 8), or one.

The fit minimises relative errors. It is tried first without every third point (n, k), the largest first; those with k = 1, which alone
show what is fixed, stay. Where the points held out are missed by more than REJECT the form is rejected, and nothing is extrapolated.

Exit status: 0, 1 the form is rejected, 2 no data.
"""
import collections
import math
import statistics
import sys
import textwrap

import bench_rows

REJECT = 0.25  # rms relative error of the points that were held out
LARGE = 1024
MASKS = (2, 32, 1024)
POLICIES = ("broadcast", "mmcpus", "implied")
CLUSTER = 16
FLAT = 8
Z95 = statistics.NormalDist().inv_cdf(0.975)

# (bench, variant): the operation whose fixed part it has. The references stand in each set.
# Not collapse: copying 512 pages takes as long as many broadcasts, which its spread hides.
OPERATIONS = {("unshare", "one"): "unshare", ("spread", "one"): "unshare"}
REFERENCES = {"ipi": "bare broadcast", "flush": "bare flush"}
# Each policy's sync: to all, to the mask, to nobody. Others depend on who walks just then.
SYNC = {"broadcast": "all", "mmcpus": "mask", "implied": None, "receipt": None}

Point = collections.namedtuple("Point", "operation n k terms time")


## The form


def icr_writes(apic, n, k):
    """To the CPUs 1 to @k - 1 of @n; cluster by cluster where IDs follow the CPUs' numbers."""
    if k in (1, n):
        return min(k - 1, 1)
    if apic == "x2APIC":
        return (k - 1) // CLUSTER + 1
    return 1 if n <= FLAT else k - 1


def terms(operation, apic, n, k, flushes, sync):
    """{term: count}; @sync: "all", "mask" or None."""
    to_flush, to_sync = (k if flushes else 1), {"all": n, "mask": k, None: 1}[sync]
    rounds = (to_flush > 1) + (to_sync > 1)
    return {
        f"fixed, {operation}": 1,
        "a round": rounds,
        "a round, a CPU online": rounds * n,
        f"a flush target, {operation}": to_flush - 1,
        "a sync target": to_sync - 1,
        "an ICR write": icr_writes(apic, n, to_flush) + icr_writes(apic, n, to_sync),
    }


def points(rows):
    """What the model speaks of, on the native IPI: [Point]."""
    apic, found = {}, []
    for row in rows:
        if row.get("bench") == "machine":
            apic[row["cpus"]] = row["apic"]
        operation = OPERATIONS.get((row.get("bench"), row.get("variant")))
        if row.get("flush") != "ipi" or row.get("bench") not in [bench for bench, _ in OPERATIONS]:
            continue
        if operation and row["policy"] in SYNC:
            kind = (operation, True, SYNC[row["policy"]])
        elif row["variant"] in REFERENCES:
            kind = (REFERENCES[row["variant"]], row["variant"] == "flush", "all" if row["variant"] == "ipi" else None)
        else:
            continue
        count = terms(kind[0], apic[row["cpus"]], row["cpus"], row["mask"], *kind[1:])
        # A row that sent other interrupts is of another form; make bench has said so.
        if (row["flush_ipis"], row["sync_ipis"]) == (count[f"a flush target, {kind[0]}"], count["a sync target"]):
            found.append(Point(kind[0], row["cpus"], row["mask"], count, row["p10"]))
    return found


## Least squares


def inverse(matrix):
    """By Gauss and Jordan, of a symmetric positive definite matrix."""
    n = len(matrix)
    work = [row[:] + [float(i == j) for j in range(n)] for i, row in enumerate(matrix)]
    for i in range(n):
        work[i] = [v / work[i][i] for v in work[i]]
        for j in range(n):
            if j != i:
                work[j] = [a - work[j][i] * b for a, b in zip(work[j], work[i])]
    return [row[n:] for row in work]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def independent(columns):
    """The names of those that are no combination of earlier ones (Gram and Schmidt)."""
    basis, kept = [], []
    for name, column in columns.items():
        rest = column
        for b in basis:
            rest = [x - dot(rest, b) * y for x, y in zip(rest, b)]
        size = math.sqrt(dot(rest, rest))
        if size > 1e-6 * (math.sqrt(dot(column, column)) or 1):
            basis.append([x / size for x in rest])
            kept.append(name)
    return kept


def student95(freedom):
    """The two-sided 95 % quantile of Student's t (expansion in 1/freedom, Abramowitz and Stegun 26.7.5)."""
    z = Z95
    return (z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
            + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3))


class TooFew(Exception):
    """Not enough points for a fit."""


class Fit:
    """Coefficients, in the unit of the times; @left_out: terms that these points do not tell from others."""

    def __init__(self, found):
        names = list(dict.fromkeys(name for p in found for name, count in p.terms.items() if count))
        names.sort(key=lambda name: name.split(",")[0] not in ("fixed", "a flush target"))
        # By the time, so that the squares are of relative errors.
        columns = {name: [p.terms.get(name, 0) / p.time for p in found] for name in names}
        self.names = independent(columns)
        self.left_out = [name for name in names if name not in self.names]
        self.freedom = len(found) - len(self.names)
        if self.freedom < 3:
            raise TooFew(f"{len(found)} results are too few for {len(self.names)} coefficients")
        x = [columns[name] for name in self.names]
        self.inverse = inverse([[dot(a, b) for b in x] for a in x])
        ones = [1.0] * len(found)
        right = [dot(a, ones) for a in x]
        self.coefficients = dict(zip(self.names, (dot(row, right) for row in self.inverse)))
        self.variance = sum((self.time(p.terms) / p.time - 1) ** 2 for p in found) / self.freedom

    def time(self, counts):
        return sum(counts.get(name, 0) * c for name, c in self.coefficients.items())

    def error(self, name):
        """Half the 95 % interval of a coefficient."""
        i = self.names.index(name)
        return student95(self.freedom) * math.sqrt(self.variance * self.inverse[i][i])

    def prediction(self, counts):
        """(time, half the 95 % interval in which one more measurement would lie)"""
        x = [counts.get(name, 0) for name in self.names]
        time = self.time(counts)
        spread = dot(x, [dot(row, x) for row in self.inverse]) + time * time
        return time, student95(self.freedom) * math.sqrt(self.variance * spread)


class Model:
    """The fit to all points, and how far that to some of them misses the others."""

    def __init__(self, rows):
        self.points = points(rows)
        where = sorted({(p.n, p.k) for p in self.points})
        self.held = sorted([w for w in where[::-1] if w[1] > 1][::3])
        if len(where) < 5:
            raise TooFew(f"(CPUs, mask) at {len(where)} points are too few: the sweep needs SMP=8 or more")
        part = Fit([p for p in self.points if (p.n, p.k) not in self.held])
        out = [p for p in self.points if (p.n, p.k) in self.held]
        self.misses = [part.time(p.terms) / p.time - 1 for p in out]
        self.fit = Fit(self.points)

    @property
    def held_error(self):
        return math.sqrt(dot(self.misses, self.misses) / len(self.misses))

    @property
    def rejected(self):
        return self.held_error > REJECT

    def at(self, operation, policy, n, k):
        """As Fit.prediction(), on an x2APIC."""
        return self.fit.prediction(terms(operation, "x2APIC", n, k, True, SYNC[policy]))

    def sync(self, policy, n, k):
        """Of the second set of interrupts alone."""
        both, one = (terms("unshare", "x2APIC", n, k, True, kind) for kind in (SYNC[policy], None))
        return self.fit.prediction({name: both[name] - one[name] for name in both})


## As text


def unit(model, rows):
    """(ns, its name): of what times are multiples."""
    if not any(row.get("ratios_only") for row in rows):
        return 1000.0, "us"
    most = max(p.n for p in model.points)
    times = [p.time for p in model.points if p.operation == "bare broadcast" and p.n == most]
    return statistics.median(times), f"bare broadcasts on {most} CPUs (ratios only)"


def rows_of_extrapolation(model):
    """(name, [(time, error) for each of MASKS])"""
    for policy in POLICIES:
        yield f"unshare, {policy}", [model.at("unshare", policy, LARGE, k) for k in MASKS]
    for policy in POLICIES[:2]:
        yield f"the sync of {policy}", [model.sync(policy, LARGE, k) for k in MASKS]


def short(value):
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"


def text(rows):
    """(lines of at most 72 columns, whether the form is rejected)"""
    model = Model(rows)
    ns, name = unit(model, rows)
    where = ", ".join(f"{n}/{k}" for n, k in model.held)
    lines = ["Scaling model: time of an operation on n CPUs, mm on k of them", f"in {name}; +- is the 95 % interval", ""]
    for term in model.fit.names:
        lines.append(f" {term:28}{model.fit.coefficients[term] / ns:12.4f} +- {model.fit.error(term) / ns:.4f}")
    lines += [f" {term:28}{'-':>12}    not to be told from the others here" for term in model.fit.left_out]
    lines += ["", *textwrap.wrap(f"fitted to {len(model.points)} results; held out first, n/k: {where}", 72),
              f"these are missed by {100 * model.held_error:.0f} % (rms), "
              f"{100 * max(map(abs, model.misses)):.0f} % at most"]
    if model.rejected:
        return lines + [f"not ok the form does not hold: more than {100 * REJECT:.0f} %; nothing is extrapolated"], True
    lines += ["", f"Extrapolated to {LARGE:,} CPUs (x2APIC: a write for all, or for 16)",
              "+- is the 95 % interval of one more measurement, if the form holds", "",
              f" {'mm on':22}" + "".join(f"{k:>16,}" for k in MASKS)]
    for name_, cells in rows_of_extrapolation(model):
        lines.append(f" {name_:22}" + "".join(f"{f'{short(t / ns)} +- {short(e / ns)}':>16}" for t, e in cells))
    return lines, False


def main():
    try:
        rows = bench_rows.kept(sys.argv[1:])
        lines, rejected = text(rows)
    except (bench_rows.NoData, TooFew) as why:
        print(f"bench_model.py: {why}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 1 if rejected else 0


if __name__ == "__main__":
    sys.exit(main())
