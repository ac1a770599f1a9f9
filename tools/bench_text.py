# SPDX-License-Identifier: GPL-2.0
"""make bench: what is seen only across boots, in 72 columns."""
import bench_rows

OPERATIONS = (("collapse", "op"), ("retract", "op"), ("unshare", "one"), ("unshare", "split"),
              ("unshare", "batch"), ("zap", "batch"), ("zap", "nomem"))


def unique(values):
    return list(dict.fromkeys(values))


def percent_of_broadcast(rows, row):
    base = bench_rows.beside(rows, row, variant=row["variant"], policy="broadcast")
    return f"{100 * bench_rows.ratio(row, base):.0f}%" if base else "-"


def table(rows, bench, variant, column):
    """One operation: policies down, @column (a key) across; its time in percent of broadcast's."""
    mine = bench_rows.pick(rows, bench=bench, variant=variant)
    heads, policies = unique(r[column] for r in mine), unique(r["policy"] for r in mine)
    width = max([6] + [len(str(h)) + 1 for h in heads])
    out = [f"{bench} {variant}: time, of broadcast's, by {column}",
           f" {'policy':15}" + "".join(f"{h:>{width}}" for h in heads)]
    for policy in policies:
        cells = (bench_rows.one(mine, policy=policy, **{column: h}) for h in heads)
        out.append(f" {policy:15}" + "".join(
            f"{percent_of_broadcast(rows, row) if row else '-':>{width}}" for row in cells))
    return "\n".join(out) + "\n"


def sweep(rows):
    """What depends on the number of CPUs, then on the backend."""
    out = ["\nSweep\n"]
    ipi = bench_rows.pick(rows, flush="ipi")
    most = max((r["cpus"] for r in rows if "cpus" in r), default=0)
    at_most = bench_rows.pick(rows, cpus=most)
    for bench, variant in OPERATIONS:
        if bench_rows.pick(ipi, bench=bench, variant=variant):
            out.append(table(ipi, bench, variant, "cpus"))
    for bench, variant in (("collapse", "op"), ("unshare", "one")):
        if len(unique(r["flush"] for r in bench_rows.pick(at_most, bench=bench))) > 1:
            out.append(table(at_most, bench, variant, "flush"))
    return "\n".join(out)


def storms(rows):
    """How the ways to wait compare, a line for each storm."""
    for row in bench_rows.pick(rows, bench="storm", variant="per-table", flush="ipi"):
        ways = [row] + [bench_rows.beside(rows, row, variant="gather", policy=p) for p in ("broadcast", "implied")]
        if None in ways:
            continue
        yield (f"storm of {row['processes']} processes in {row['families']} families: per-table / gather / implied\n"
               f" IPIs {' / '.join(str(w['sync_ipis']) for w in ways)}, "
               f"time {' / '.join(f'{bench_rows.ratio(w, ways[2]):.2f}' for w in ways)}\n")


def verdicts(rows, smp):
    """(text, whether a count is wrong or, on 64 CPUs or more, a bar is missed)"""
    out, red = ["\n"], False
    counts = list(bench_rows.count_verdicts(rows))
    wrong = [(what, found) for what, good, found in counts if not good]
    for what, found in wrong:
        out.append(f"not ok {what}, not {found}\n")
    out.append(f"{'not ok' if wrong else 'ok'} {len(counts) - len(wrong)} of {len(counts)} counts are as they must be\n")
    red |= bool(wrong)
    for what, have, bar in bench_rows.time_bars(rows, smp):
        # Bars are promised for machines of 64 CPUs, where a broadcast is what costs.
        word = "" if bar is None or smp < 64 else "ok " if have >= bar else "not ok "
        out.append(f"{word}{what}: {have:.0f}%{f' (bar {bar}%)' if bar else ''}\n")
        red |= word == "not ok "
    out.extend(storms(rows))
    if any(row.get("ratios_only") for row in rows):
        out.append("ratios only: TCG emulates\n")
    return "".join(out), red
