#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make plots: pictures of what make bench has kept, by gnuplot, as SVG and PNG.

usage: bench_plots.py [FILE.jsonl...]        (default: what make bench has kept in build/bench)

They are written into build/bench/plots/, each with the script that gnuplot drew it from. Below each stand the CPU, the machine, its
QEMU, the backend, and "ratios only" where that is so: times are then in units of a reference of the same run.

Exit status: 0, 2 no data or no gnuplot.
"""
import os
import subprocess
import sys

import bench_model
import bench_rows
from bench_text import OPERATIONS, unique

LATENCIES = OPERATIONS + (("mprotect", "op"), ("exit", "op"))

PLOTS = os.path.join(bench_rows.OUT, "plots")
TERMINALS = {"svg": "svg size {},{} font 'DejaVu Sans,13' background '#ffffff'",
             "png": "pngcairo size {},{} font 'DejaVu Sans,11' background '#ffffff'"}

# Policy: colour, gnuplot's point type. Those that coincide are drawn one inside the other, the largest first.
POLICIES = {"broadcast": ("#c0392b", 6), "mmcpus": ("#e08e0b", 4), "targeted": ("#8e44ad", 8), "receipt": ("#27854a", 12),
            "implied": ("#2166ac", 7)}
GREY = "#777777"
SQUARE = 5


## Scripts


class Picture:
    """A grid of panels; each is gnuplot's commands, the last of them plot. @legend: [(text, colour, point type)]."""

    def __init__(self, name, title, label, grid, size, legend=()):
        self.name, self.title, self.label, self.grid, self.size, self.legend = name, title, label, grid, size, legend
        self.panels = []

    def add(self, title, *commands):
        self.panels.append([f"set title {quoted(title)}", *commands])

    def labels(self):
        """Those of the whole picture: what it was measured on, and the legend, which has to fit no panel."""
        yield f"set label {quoted(self.label)} at screen 0.5,{16 / self.size[1]:.3f} center font ',10' textcolor rgb '#444444'"
        begin = 0.5 - 65 * len(self.legend) / self.size[0]
        for i, (name, colour, mark) in enumerate(self.legend):
            x, y = begin + 130 * i / self.size[0], 1 - 45 / self.size[1]
            yield (f"set label {quoted(name)} at screen {x:.3f},{y:.3f} left offset 1.2,0 "
                   f"point pt {mark} ps 1.6 lc rgb '{colour}'")

    def script(self):
        (rows, columns), (width, height) = self.grid, self.size
        top, bottom, left = (95 if self.legend else 70) / height, 85 / height, 80 / width
        lines = ["set encoding utf8", "set border 3", "set tics nomirror", "set grid lc rgb '#dddddd'", "set style fill solid 0.85",
                 "unset key", *self.labels(),
                 f"set multiplot layout {rows},{columns} margins {left:.3f},{1 - 25 / width:.3f},{bottom:.3f},{1 - top:.3f} "
                 f"spacing {85 / width:.3f},{90 / height:.3f} title {quoted(self.title)} font ',13'"]
        for i, panel in enumerate(self.panels):
            lines += (["unset label"] if i == 1 else []) + panel
        return "\n".join(lines + ["unset multiplot", ""])


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def block(name, points):
    """A data block of gnuplot."""
    return "\n".join([f"${name} << END", *(" ".join(map(str, p)) for p in points), "END"])


def lines_of(series, style="linespoints"):
    """Commands that draw [(policy, points)]."""
    blocks, parts = [], []
    for i, (policy, points) in enumerate(series):
        colour, mark = POLICIES[policy]
        blocks.append(block(f"d{i}", sorted(points) if style == "linespoints" else points))
        marks = f"pt {mark} ps {2.4 - 0.35 * i:.2f}" if style == "linespoints" else ""
        parts.append(f"$d{i} using 1:2 with {style} lw 2 lc rgb '{colour}' {marks}")
    return blocks + ["plot " + ", \\\n  ".join(parts)]


def bars(groups, floor=0):
    """Commands that draw {group: [(colour, value)]}: bars side by side, each with its value above it."""
    points = []
    for g, members in enumerate(groups.values()):
        width = 0.8 / len(members)
        for i, (colour, value) in enumerate(members):
            points.append((g - 0.4 + (i + 0.5) * width, max(value, floor), width * 0.92, "0x" + colour[1:], f'"{number(value)}"'))
    # In double quotes, where gnuplot reads \\n.
    tics = ", ".join(f'"{g}" {i}' for i, g in enumerate(groups))
    return [f"set xtics ({tics}) scale 0", f"set xrange [-0.6:{len(groups) - 0.4}]", "unset grid", block("bars", points),
            "plot $bars using 1:2:3:4 with boxes lc rgb variable, $bars using 1:2:5 with labels offset 0,0.6 font ',9'"]


def number(value):
    if value == int(value):
        return str(int(value))
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def powers(values):
    """A logarithmic x axis of CPUs."""
    tics = ", ".join(map(str, sorted(set(values))))
    return ["set logscale x 2", f"set xtics ({tics})", f"set xrange [{min(values) / 1.2}:{max(values) * 1.2}]"]


## What is measured


def machine(rows, **keys):
    return bench_rows.pick(rows, bench="machine", **keys)[0]


def label(rows, row):
    """Of the boot that @row is from."""
    m = machine(rows, cpus=row["cpus"], flush=row["flush"])
    parts = [m["cpu"], m["machine"] + (f" ({m['host']})" if m["host"] else ""), m["apic"], f"flush={m['flush']}"]
    return "  |  ".join(parts + (["ratios only"] if m["ratios_only"] else []))


def is_ratio(rows):
    return any(row.get("ratios_only") for row in rows)


def found_policies(rows):
    return [p for p in POLICIES if bench_rows.pick(rows, policy=p)]


def legend(policies, mark=None):
    return [(p, POLICIES[p][0], mark or POLICIES[p][1]) for p in policies]


def histogram(row, unit):
    """The outline of the samples in each bucket, in percent."""
    points, end = [], None
    for upper, samples in row["hist"]:
        low, percent = upper / 2 / unit, 100 * samples / row["n"]
        if end is None or low > end * 1.01:
            points += [(end, 0.01)] if end else []
            points.append((low, 0.01))
        points += [(low, percent), (upper / unit, percent)]
        end = upper / unit
    return points + [(end, 0.01)]


def latency(rows, ratios):
    ipi = [r for r in bench_rows.pick(rows, flush="ipi") if "hist" in r]
    most = max(r["cpus"] for r in ipi)
    at_most = bench_rows.pick(ipi, cpus=most)
    have = [o for o in LATENCIES if bench_rows.pick(at_most, bench=o[0], variant=o[1], policy="implied")]
    if not have:
        return None
    columns = min(len(have), 3)
    lines = -(-len(have) // columns)
    picture = Picture("latency", f"Latency with the sync IPI (broadcast) and without (implied), {most} CPUs; dotted: medians",
                      label(rows, at_most[0]), (lines, columns), (1150, 130 + 260 * lines), legend(("broadcast", "implied"), SQUARE))
    for bench, variant in have:
        series, medians = [], ["unset arrow"]
        for policy in ("broadcast", "implied"):
            row = bench_rows.one(at_most, bench=bench, variant=variant, policy=policy)
            base = bench_rows.beside(rows, row, variant="ipi") if row else None
            if base:
                unit = base["median"] if ratios else 1000
                series.append((policy, histogram(row, unit)))
                at = row["median"] / unit
                medians.append(f"set arrow from {at},graph 0 to {at},graph 1 nohead lw 2 dt 3 lc rgb '{POLICIES[policy][0]}'")
        xs = [x for _, points in series for x, _ in points]
        picture.add(bench if variant == "op" else f"{bench}, {variant}", *medians, "set logscale x 10", "set logscale y 10", "set yrange [0.02:150]",
                    f"set xrange [{min(xs) / 1.5}:{max(xs) * 1.5}]", "set format x '10^{%T}'", "set format y '%g'",
                    f"set xlabel {quoted('bare broadcasts' if ratios else 'us')} offset 0,0.5", "set ylabel '% of samples' offset 1.5",
                    *lines_of(series, "lines"))
    return picture


def rate_of(rows, row, ratios):
    if not ratios:
        return row["rate"]
    base = bench_rows.beside(rows, row, variant=row["variant"], policy="broadcast")
    return 1 / bench_rows.ratio(row, base) if base else None


def sweep(rows, ratios):
    ipi = bench_rows.pick(rows, flush="ipi")
    lines = [(title, key, bench_rows.pick(ipi, bench=bench, variant=variant))
             for title, key, bench, variant in (("collapse, mm on all CPUs", "cpus", "collapse", "op"),
                                                ("unshare, mm on all CPUs", "cpus", "unshare", "one"),
                                                ("unshare, mm on some CPUs", "mask", "spread", "one"))]
    lines = [line for line in lines if len({r[line[1]] for r in line[2]}) > 1]
    if not lines:
        return None
    most = max(r["cpus"] for _, _, mine in lines for r in mine)
    picture = Picture("sweep", "Rate and IPIs of an operation", label(rows, bench_rows.pick(lines[0][2], cpus=most)[0]),
                      (len(lines), 2), (1100, 120 + 290 * len(lines)), legend(found_policies(ipi)))
    for title, key, mine in lines:
        values = sorted({r[key] for r in mine})
        across = "CPUs" if key == "cpus" else f"CPUs that run the mm, of {most}"
        policies = found_policies(mine)
        rate = [(p, [(r[key], y) for r in bench_rows.pick(mine, policy=p) for y in [rate_of(rows, r, ratios)] if y]) for p in policies]
        ipis = [(p, [(r[key], r["flush_ipis"] + r["sync_ipis"]) for r in bench_rows.pick(mine, policy=p)
                     if r["flush_ipis"] + r["sync_ipis"]]) for p in policies]
        ys = [y for _, points in rate for _, y in points]
        picture.add(f"{title}: " + ("rate, of broadcast's" if ratios else "rate"), *powers(values), f"set xlabel {quoted(across)} offset 0,0.5",
                    f"set ylabel {quoted('times broadcast' if ratios else 'operations a second')}",
                    "unset logscale y" if ratios else "set logscale y 10",
                    f"set yrange [{0 if ratios else min(ys) / 1.5}:{max(ys) * 1.2}]", "set ytics auto", *lines_of(rate))
        picture.add(f"{title}: IPIs an operation", *powers(values), "set logscale y 2", "set yrange [0.7:*]",
                    "set ylabel 'flush and sync IPIs'", *lines_of([s for s in ipis if s[1]]))
    return picture


def bystander(rows, ratios):
    mine = bench_rows.pick(rows, bench="bystander", flush="ipi")
    policies = found_policies(mine)
    if not policies:
        return None
    row = {p: bench_rows.one(mine, policy=p) for p in policies}
    columns = [("interrupts an operation, on each bystander", "interrupts")]
    if not ratios:
        columns += [("ppm of a bystander's time stolen", "stolen_ppm"), ("longest gap, us", "longest")]
    one = mine[0]
    picture = Picture("bystander", f"CPUs without the mm: an unshare on 2 of {one['cpus']}, seen from the other {one['bystanders']}",
                      label(rows, one), (1, len(columns)), (max(900, 500 * len(columns)), 480))
    for title, key in columns:
        values = {p: row[p][key] / (1000 if key == "longest" else 1) for p in policies}
        picture.add(title, f"set yrange [0:{(max(values.values()) or 1) * 1.15}]",
                    *bars({p: [(POLICIES[p][0], v)] for p, v in values.items()}))
    return picture


def storm(rows, ratios):
    mine = bench_rows.pick(rows, bench="storm", flush="ipi")
    shapes = unique((r["cpus"], r["processes"], r["families"]) for r in mine)
    if not shapes:
        return None
    most = max(s[0] for s in shapes)
    shapes = [s for s in shapes if s[0] == most]
    gathers = [p for p in POLICIES if bench_rows.pick(mine, policy=p, variant="gather")]
    names = ["per-table"] + gathers

    def row(shape, name):
        where = dict(zip(("cpus", "processes", "families"), shape))
        if name == "per-table":
            return bench_rows.one(mine, variant=name, **where)
        return bench_rows.one(mine, variant="gather", policy=name, **where)

    colours = dict(zip(names, [GREY] + [POLICIES[p][0] for p in gathers]))

    def groups(value):
        return {f"{s[1]} processes,\\n{s[2]} famil{'y' if s[2] == 1 else 'ies'}": [(colours[n], value(s, n)) for n in names]
                for s in shapes}

    ipis = groups(lambda s, n: row(s, n)["sync_ipis"])
    times = groups(lambda s, n: bench_rows.ratio(row(s, n), row(s, "implied")) if ratios else row(s, n)["median"] / 1000)
    picture = Picture("storm", f"Processes that share four tables exit at once, {most} CPUs: a sync per table, or one a gather by policy",
                      label(rows, row(shapes[0], names[0])), (2, 1), (1100, 800), [("per-table", GREY, SQUARE)] + legend(gathers, SQUARE))
    picture.add("sync IPIs in all", "set logscale y 10", "set yrange [0.5:*]", *bars(ipis, 0.5))
    top = max(v for members in times.values() for _, v in members)
    picture.add("time until all have exited" + (", of implied's" if ratios else ", us"), "unset logscale y", f"set yrange [0:{top * 1.15}]",
                *bars(times))
    return picture


def walk(rows, ratios):
    mine = bench_rows.pick(rows, bench="walk", flush="ipi")
    policies = found_policies(bench_rows.pick(mine, variant="gup"))
    if not policies:
        return None
    most = max(r["cpus"] for r in mine)
    mine = bench_rows.pick(mine, cpus=most)
    panels = [(crowd, title) for crowd, title in (("", "one CPU walks"), ("-all", f"{most - 1} CPUs walk"))
              if bench_rows.one(mine, variant="chase" + crowd)]
    picture = Picture("walk", f"What a policy costs a walker: GUP-fast of one page, {most} CPUs", label(rows, mine[0]),
                      (1, len(panels)), (1200, 480))
    for crowd, title in panels:
        chase = bench_rows.one(mine, variant="chase" + crowd)
        base = bench_rows.one(mine, variant="gup" + crowd, policy="broadcast") if ratios else None
        names = ["chase"] + policies
        found = [chase] + [bench_rows.one(mine, variant="gup" + crowd, policy=p) for p in policies]
        scaled = [bench_rows.ratio(r, base) if ratios else r["median"] for r in found]
        groups = {n: [(POLICIES[n][0] if n in POLICIES else GREY, v)] for n, v in zip(names, scaled)}
        picture.add(f"{title}: time of a walk" + (", GUP-fast under broadcast = 1" if ratios else ", ns"),
                    f"set yrange [0:{max(scaled) * 1.15}]", *bars(groups))
    return picture


def model(rows, ratios):
    """Measured, fitted, extrapolated."""
    try:
        fit = bench_model.Model(rows)
    except bench_model.TooFew:
        return None
    if fit.rejected:
        return None
    ns, unit = bench_model.unit(fit, rows)
    sizes = [2**i for i in range(1, 11)]
    blocks, parts = [], []
    for i, policy in enumerate(("broadcast", "implied")):
        colour = POLICIES[policy][0]
        line = [(n, *(v / ns for v in fit.at("unshare", policy, n, n))) for n in sizes]
        seen = [(r["cpus"], r["p10"] / ns) for r in bench_rows.pick(rows, bench="unshare", variant="one", policy=policy, flush="ipi")
                if r["cpus"] > 1]
        blocks += [block(f"f{i}", line), block(f"m{i}", seen)]
        parts += [f"$f{i} using 1:($2-$3):($2+$3) with filledcurves fs transparent solid 0.2 noborder lc rgb '{colour}'",
                  f"$f{i} using 1:2 with lines lw 2 lc rgb '{colour}'",
                  f"$m{i} using 1:2 with points pt {POLICIES[policy][1]} ps 1.6 lc rgb '{colour}'"]
    one = bench_rows.pick(rows, bench="unshare", flush="ipi")[-1]
    picture = Picture("model", "Unshare with the mm on all CPUs: measured (points), and the fit with its 95 % interval",
                      label(rows, one), (1, 1), (900, 600), legend(("broadcast", "implied")))
    picture.add(f"held-out points are missed by {100 * fit.held_error:.0f} % (rms)", *powers(sizes), "set logscale y 10", "set xlabel 'CPUs'",
                f"set ylabel {quoted(unit.replace(' (ratios only)', ''))} offset 1.5", *blocks, "plot " + ", \\\n  ".join(parts))
    return picture


## Files


def draw(picture):
    """[paths of the pictures]"""
    os.makedirs(PLOTS, exist_ok=True)
    script = os.path.join(PLOTS, f"{picture.name}.gnuplot")
    with open(script, "w", encoding="utf-8") as file:
        file.write(picture.script())
    paths = []
    for suffix, terminal in TERMINALS.items():
        path = os.path.join(PLOTS, f"{picture.name}.{suffix}")
        before = f"set terminal {terminal.format(*picture.size)}; set output {quoted(path)}"
        done = subprocess.run(["gnuplot", "-e", before, script], stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode or done.stderr:
            raise OSError(f"gnuplot on {os.path.relpath(script)}: {' '.join(done.stderr.split())}")
        paths.append(path)
    return paths


def main():
    try:
        rows = bench_rows.kept(sys.argv[1:])
        for make in (latency, sweep, bystander, storm, walk, model):
            picture = make(rows, is_ratio(rows))
            if picture:
                print(" ".join(os.path.relpath(path) for path in draw(picture)))
            else:
                print(f"{make.__name__}: left out, the measurements for it are not there", file=sys.stderr)
    except (bench_rows.NoData, OSError) as why:
        print(f"bench_plots.py: {why}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
