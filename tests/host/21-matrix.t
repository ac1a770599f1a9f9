#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make matrix on a few cells: green, the same as its JSON, and red where something is planted."""
import json
import os
import re
import tempfile

from hosttest import IMAGE, done, equal, machine, need_kernel, ok, one_line, patient, run

names = need_kernel("torture")
BACKENDS = ["ipi", "invlpgb-nmi"]
OPS = ["collapse", "unshare", "zap"]


def matrix(*options, only, **variables):
    """(result, its JSON or None, {file: history})"""
    with tempfile.TemporaryDirectory() as tmp, machine():
        command = ["tools/matrix.py", "--out", tmp, "--only", ",".join(only), *options]
        result = run(command, {"IMAGE": IMAGE, "SMP": 4, "DURATION": patient(2), **variables}, timeout=100)
        histories = {}
        for name in os.listdir(tmp):
            with open(os.path.join(tmp, name), encoding="utf-8") as file:
                histories[name] = file.read()
        data = histories.pop("matrix.json", None)
    return result, data and json.loads(data), histories


def table_cell(out, op, policy, column):
    """[verdict, sync IPIs per operation, useful syncs] as printed."""
    block = re.search(rf"^{op} .*\n(?:.+\n)+", out, re.M).group().splitlines()
    row = next(line for line in block if line.startswith(policy + " "))
    cells = re.findall(r"(\S+) (\S+) (\d+)u", row)
    return list(cells[block[0].split()[1:].index(column)])


def reds(result):
    return re.findall(r"^RED (\S+) (\S+) (\S+): expected (.+), got (.+)$", result.out, re.M)


# Green, and what it says.
result, data, histories = matrix(only=BACKENDS + OPS + ["broadcast", "receipt", "rcu"])
ok(result.status == 0 and data and not data["red"], "two backends, three policies: green", result)
wide = [l for l in result.out.splitlines() if len(l) > 72 and not l.startswith(("RED", "the same as JSON"))]
equal(wide, [], "no line is too long for an e-mail")
cells = {(c["op"], c["policy"], c["backend"]): c for c in data["cells"]}
equal(len(cells), 3 * 3 * 2, "a cell for each operation, policy and backend")
for (op, policy, backend), cell in cells.items():
    if op == "zap":
        continue
    n = cell["done"] + cell["pinned"]
    sync = (cell["sync_ipis"] * 10 + n // 2) // n / 10
    sign, printed, useful = table_cell(result.out, op, policy, backend)
    equal((float(printed), int(useful)), (sync, cell["useful"]), f"{backend} {policy} {op}: table and JSON agree")
    word = "needed" if backend == "invlpgb-nmi" else "sound" if policy == "broadcast" else "no use seen"
    if backend == "invlpgb-nmi" and policy == "rcu":
        word = "UNSOUND"
        kept = histories.get(cell["history"] or "", "")
        ok(cell["seen_by"] and "|" in kept and "make run" in kept, f"{backend} {policy} {op}: its history is kept", kept)
    equal((cell["verdict"], sign), (word, {"no use seen": "=", "UNSOUND": "X", "needed": "+", "sound": "o"}[word]),
          f"{backend} {policy} {op}: the verdict", result)
    if policy == "receipt":
        equal(cell["syncs"] == 0, backend == "ipi", f"{backend} receipt {op}: waits where the flush does not")
        # A flush that finds nobody else in the mask has nobody to wait for. How often depends on who runs
        # where in a few seconds; that none of them was wrong is the next line.
        ok(cell["skipped"] < cell["syncs"] or backend == "ipi", f"{backend} receipt {op}: and there only", cell)
        equal(cell["missed"], 0, f"{backend} receipt {op}: leaves out no wait that had someone to wait for")
equal([c["policy"] for c in data["forced"] if c["policy"] not in ("broadcast", "receipt", "rcu")], [],
      "a busted policy is run only if it is asked for")

# Forced cells: red is right.
result, data, histories = matrix(only=["invlpgb-nmi", "never", "unshare"])
equal(result.status, 0, "never, forced: expected to be red", result)
ok(data["forced"] and all(c["verdict"] == "UNSOUND" and c["seen_by"] == "walks" for c in data["forced"]),
   "never: by the oracle that was named", data["forced"])
ok(all("|" in histories.get(c["history"] or "", "") for c in data["forced"]), "never: with a history", result)
ok(all(c["missed"] for c in data["forced"]), "never: leaves out waits that had someone to wait for", data["forced"])

# Whatever is not as expected is red: an expectation, a bug in the image, a run without a result.
planted = [("unshare", "useful>0"), ("collapse", "syncs=0")]
options = [f"--expect=ipi,broadcast,{op}:{count}" for op, count in planted]
result, data, _ = matrix(*options, only=["ipi", "broadcast", "collapse", "unshare"], DURATION=1)
equal((result.status, sorted(r[:3] for r in reds(result))), (1, [("ipi", "broadcast", op) for op, _ in sorted(planted)]),
      "planted expectations: red, each cell named on its line", result)
for op, count in planted:
    ok(any(op == r[2] and count in r[3] for r in reds(result)), f"planted {count}: what was expected", result)
    ok(table_cell(result.out, op, "broadcast", "ipi")[0] == "o!", f"planted {count}: marked in the table", result)
equal(sum(not c["as_expected"] for c in data["cells"]), 2, "planted expectations: the same in the JSON")
result, _, histories = matrix(only=["ipi", "broadcast", "zap", "mprotect"], APPEND="busted=tlb_no_remote")
ok(result.status == 1 and {r[2] for r in reds(result)} & {"zap", "mprotect"}, "busted=tlb_no_remote: red", result)
ok(histories, "busted=tlb_no_remote: with a history", result)
result, _, _ = matrix(only=["ipi", "receipt", "zap"], DURATION=9, TIMEOUT=3)
ok(result.status == 1 and "status 4: run.sh: no verdict within 3 s" in result.out,
   "a run without a verdict: red, with its last message", result)

result, _, _ = matrix(only=["ipi", "broadcast", "zap"], DURATION=1, APPEND="busted=oracle_no_room")
ok(result.status == 1 and any("# INCOMPLETE" in r[4] for r in reds(result)), "oracles without room: red, with the reason", result)

result, data, _ = matrix("--json", only=["ipi", "broadcast", "zap"], DURATION=1)
ok(result.status == 0 and json.loads(result.out) == data, "--json prints what the file has", result)

for options, pattern in (({"FLUSH": "nonsense"}, "FLUSH=nonsense: not in this image"),
                         ({"SMP": 1}, "SMP=1: not a number from 2"), ({"INVLPGB": 1}, "INVLPGB=1: has no meaning")):
    result, _, _ = matrix(only=[], **options)
    one_line(result, pattern, " ".join(f"{k}={v}" for k, v in options.items()))
done()
