# SPDX-License-Identifier: GPL-2.0
"""The matrix as text for an e-mail: 72 columns, symbols explained under it."""
import textwrap

import matrix_expect as expect

WIDTH = 72
SYMBOLS = {
    "no use seen": ("=", "no use seen: sound with the waits left out; none, here or under broadcast, was useful, "
                    "in the schedules of these runs"),
    "needed": ("+", "needed: sound, and some waits found a CPU still inside such a walk"),
    "sound": ("o", "sound: carried out or left out, no wait was useful"),
    "not needed": (".", "not needed: the operation has no wait, its tables are freed by RCU"),
    "UNSOUND": ("X", "UNSOUND: an oracle saw what must not happen"),
    "untested": ("?", "untested: no table was withdrawn while a walk was open"),
    "no result": ("#", "no result: the run did not end with a verdict"),
    "-": ("-", "not meaningful: see below"),
}


def symbol(cell):
    """The text of a cell; ! means "not as expected"."""
    return SYMBOLS[cell.verdict][0] + ("!" if cell.got else "")


def per_op(counts, what):
    """One decimal, halves up, as the kernel prints it."""
    ops = counts["done"] + counts["pinned"]
    tenths = (counts[what] * 10 + ops // 2) // ops if ops else 0
    return f"{tenths // 10}.{tenths % 10}"


def wrapped(text, first="", then="  "):
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=then, break_on_hyphens=False)


def widths_of(columns, rows, gap):
    return [max(len(row[i]) for row in [columns, *rows]) + gap for i in range(len(columns))]


def block(names, columns, rows):
    """Lines of a table with a row of cells for each name. Columns that do not fit in the width go
    into a table of their own below."""
    left = max(map(len, names)) + 1
    widths = widths_of(columns, rows, 2)
    if left + sum(widths) > WIDTH:
        widths = widths_of(columns, rows, 1)
    out, at = [], 0
    while at < len(columns):
        to = at + 1
        while to < len(columns) and left + sum(widths[at:to + 1]) <= WIDTH:
            to += 1
        for name, row in zip(names, [columns, *rows]):
            cells = "".join(text.rjust(width) for text, width in zip(row[at:to], widths[at:to]))
            out.append((name.ljust(left) + cells).rstrip())
        out.append("")
        at = to
    return out


def blocks(matrix, tables):
    """All of them with the same columns: those that this machine cannot do are left to the notes
    if there is no room for them."""
    names = [column.name for column in matrix.columns]
    keep = range(len(names))
    if any(max(map(len, rows_of)) + 1 + sum(widths_of(names, rows, 1)) > WIDTH for _, rows_of, rows in tables):
        keep = [i for i in keep if not matrix.columns[i].why_not] or keep
    out = []
    for head, rows_of, rows in tables:
        out += head + block(rows_of, [names[i] for i in keep], [[row[i] for i in keep] for row in rows])
    return out


def flush_row(matrix, op):
    """Flush IPIs per operation: a matter of the backend, so of all policies together."""
    row = []
    for column in matrix.columns:
        counts = [c.counts for c in (matrix.cells[column.name, p.name, op] for p in matrix.policies) if c.counts]
        row.append(per_op(expect.summed(counts), "flush_ipis") if counts else "-")
    return row


def waiting_cell(cell):
    if not cell.counts:
        return symbol(cell)
    return f"{symbol(cell)} {per_op(cell.counts, 'sync_ipis')} {cell.counts['useful']}u"


def waiting_block(matrix, op):
    """(what stands over it, names of the rows, rows)"""
    names, rows = [op, "flush"], [flush_row(matrix, op)]
    for policy in matrix.policies:
        names.append(policy.name)
        rows.append([waiting_cell(matrix.cells[column.name, policy.name, op]) for column in matrix.columns])
    return [], names, rows


def freeing_block(matrix, ops):
    """(what stands over it, names of the rows, rows)"""
    names, rows = [""], []
    for op in ops:
        row = []
        for column, flush in zip(matrix.columns, flush_row(matrix, op)):
            cells = [matrix.cells[column.name, policy.name, op] for policy in matrix.policies]
            row.append("-" if column.why_not else "".join(map(symbol, cells)) + " " + flush)
        names.append(op)
        rows.append(row)
    order = ", ".join(policy.name for policy in matrix.policies)
    head = wrapped("Operations that wait for no walker, so have no sync IPIs and no useful syncs. "
                   f"A verdict each under {order}; then flush IPIs/op.", then="")
    return head, names, rows


def forced_block(matrix):
    if not matrix.forced:
        return []
    out = ["Forced: wrong on purpose. Red is right, if that oracle alone sees it.", "",
           f"  {'sync/op':>7}{'useful':>8}  backend-policy-operation: oracle"]
    for cell in matrix.forced:
        sync, useful = "-", "-"
        if cell.counts:
            sync, useful = per_op(cell.counts, "sync_ipis"), f"{cell.counts['useful']}u"
        row = f"{symbol(cell):<2}{sync:>7}{useful:>8}  {cell.name}: {cell.oracle or 'any'}"
        out += wrapped(row + (f" ({cell.remark})" if cell.remark else ""), then=" " * 19)
    return out + [""]


def legend(matrix):
    used = {cell.verdict for cell in matrix.all()}
    out = []
    if any(op in expect.REUSING for op in matrix.ops):
        out += wrapped(
            "A cell: verdict; sync IPIs per operation; useful syncs (u), which, when they began or "
            "were left out, found a CPU in a walk begun before the table was withdrawn. "
            "Line flush: flush IPIs per operation.", then="")
    for word, (sign, meaning) in SYMBOLS.items():
        if word in used:
            kept = f"; history in {matrix.out}/BACKEND-POLICY-OPERATION.txt" if word == "UNSOUND" else ""
            out += wrapped(f"{sign} {meaning}{kept}")
    if matrix.red():
        out.append("! not as expected, see the end")
    out.append("")
    often = {waits: ", ".join(c.name for c in matrix.columns if c.waits == waits) for waits in expect.WAITS}
    waits = "; ".join(f"{expect.WAITS[w]} on {names}" for w, names in often.items() if names)
    out += wrapped(f"A flush that reaches another CPU waits for the walkers there: {waits}.")
    for column in matrix.columns:
        if column.options != f"flush={column.name}":
            out += wrapped(f"{column.name}: {column.options}")
        if column.why_not:
            out += wrapped(f"{column.name}: - in every cell, {column.why_not}")
    out.append("")
    shown = {cell.policy.name for cell in matrix.forced}
    for policy in matrix.policies + [p for p in matrix.image.busted_policies if p.name in shown]:
        out += wrapped(f"{policy.name}: {policy.help.removeprefix('busted: ')}")
    return out


def table(matrix):
    freeing = [op for op in matrix.ops if op not in expect.REUSING]
    tables = [waiting_block(matrix, op) for op in matrix.ops if op in expect.REUSING]
    tables += [freeing_block(matrix, freeing)] if freeing else []
    out = [*wrapped(f"shootdown matrix: {matrix.title}"), "", *blocks(matrix, tables)]
    return "\n".join(out + forced_block(matrix) + legend(matrix))
