#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The history of a violation: its marks, what folds, names, places in the sources, the picture; docs/debugging.md."""
import os
import re
import tempfile
import xml.etree.ElementTree as ElementTree

from hosttest import TOP, boot, done, equal, need_kernel, ok, patient, read, run, run_merged

status, out = run_merged(["make", "-s", "build/model/explore"], 300)
ok(status == 0, "the explorer is built", out)

HEADING = re.compile(r"^# (CPU\d+) +\| (CPU\d+)$", re.M)
EVENT = re.compile(r"^# event (\d+) \d+ ([d-])([hN-]) ([01]) (\w+) (\S+) (\S+) (\S+) \| (.*) \| (.*?) \| (.*)$", re.M)


def rows(text):
    """[(CPU, text, what is beside it, marked)] of the two columns."""
    heading = HEADING.search(text)
    width = heading.group(0).index("|")
    found = []
    for line in text[heading.end() + 1:].splitlines():
        if not re.match(r"^#[> ]", line) or line[width:width + 1] != "|":
            break
        left, right = line[2:width].rstrip(), line[width + 1:]
        right, _, beside = right.partition("| ")
        found.append((heading.group(1 if left else 2), (left or right[1:].rstrip())[2:].strip(), beside, line[1] == ">"))
    return found


def marks(text):
    """[(CPU, what happens there, text)] of the marked events."""
    return [(cpu, beside.split(":")[0], what) for cpu, what, beside, marked in rows(text) if marked]


def explore(*args):
    return run_merged(["build/model/explore", *args], 60)[1]


def history(scenario, case, mode):
    """The history of the first red case of that name, and its replay string."""
    replay = re.search(r"^# replay (\S+)$", explore(scenario, case), re.M).group(1)
    return explore("--history", mode, scenario, case, replay), replay


## Marks: the oracle's object, where it is read, taken out, waited for, and gone or used.

RED = {
    "walks": ("collapse_vs_gup", "invlpgb-nmi.never", [
        ("CPU1", "read here", r"read pmd T2\[1\]: table T1"),
        ("CPU0", "withdrawn here", r"withdraw table T1 from mm_a"),
        ("CPU0", "sync here", r"sync of table T1 of mm_a: left out"),
        ("CPU0", "deposited here", r"deposit table T1 under table T2")]),
    "pins": ("collapse_vs_gup", "invlpgb-nmi.never.gup_no_pmd_recheck+pins", [
        ("CPU1", "read here", r"read pte T1\[0\]: page P1"),
        ("CPU0", "isolated here", r"page P1 isolated, mm_a at 0x2000"),
        ("CPU1", "used here", r"mm_a pins page P1 at 0x2000")]),
    "hardware": ("zap_vs_load", "ipi.broadcast.tlb_no_remote", [
        ("CPU1", "read here", r"\[page walker reads pte T1: page"),
        ("CPU0", "unmapped here", r"page P1 unmapped by mm_a at 0x2000"),
        ("CPU0", "freed here", r"page P1 freed"),
        ("CPU1", "used here", r"\[loads 0 at 0x2000: page P1\]")]),
}


def as_wanted(got, want):
    return len(got) == len(want) and all(g[:2] == w[:2] and re.match(w[2], g[2]) for g, w in zip(got, want))


# The text of an event does not say by what it was observed: the lines for programs do. An accessor of page-table
# entries observes in a header, so the line is that of its call.
ACCESSOR = re.compile(r"\b(p[gum4t]\w*_get\w*|set_p\w+|p\w+_(clear|populate|invalidate|establish|withdraw|deposit)\w*|\w*pt\w*)\(")
LOAD = re.compile(r"get_user|put_user|use_cached|scenario_load|_u64\(")


def true_place(name, place):
    """Is that line where such an event comes from, and of that function?"""
    match = re.fullmatch(r"(\w+) ([\w./-]+\.[chS]):(\d+)", place)
    if not match or not os.path.exists(match.group(2)):
        return False
    function, path, number = match.groups()
    lines = read(path).splitlines()
    line = lines[int(number) - 1] if int(number) <= len(lines) else ""
    if name.startswith("PT_"):
        good = ACCESSOR.search(line) or "observe(" in line
    elif name.startswith("HW_"):
        good = LOAD.search(line)
    elif name.startswith("OP_"):
        return re.search(rf"^\w.*\b{function}\(", "\n".join(lines[max(0, int(number) - 4):int(number)]), re.M)
    else:
        # Of an inlined function of a header, WALK_BEGIN's, the call.
        good = f"observe({name}" in line or "pt_walk_lockless" in line
    return bool(good) and re.search(rf"\b{function}\(", "\n".join(lines[:int(number)]))


for oracle, (scenario, case, want) in RED.items():
    folded, replay = history(scenario, case, "fold")
    full = explore("--history", "full", scenario, case, replay)
    lines = explore("--history", "line", scenario, case, replay)
    verdict = folded.splitlines()[0]
    ok(verdict.startswith(f"# {oracle}: "), f"{scenario} {case}: red by {oracle}", folded)
    got = marks(folded)
    ok(as_wanted(got, want), f"{oracle}: its marks, {', '.join(w[1] for w in want)}", got, folded)
    equal(marks(full), got, f"{oracle}: all events, the same marks", full)

    # What folds is counted; V=1 has it all.
    more = sum(int(n) for n in re.findall(r"\.\.\.  (\d+) more", folded))
    events = EVENT.findall(lines)
    shown = [e for e in events if e[3] == "1"]
    ok(more and more + len(shown) == len(events) and "more" not in full, f"{oracle}: what is left out is counted, and V=1 leaves out none",
       f"{more} + {len(shown)} of {len(events)}", folded, full)
    ok(len(folded.splitlines()) < 30 and len(rows(full)) >= len(events), f"{oracle}: the folded one fits on a screen", folded)

    # Names in place of numbers, and which number each name has.
    columns = "\n".join(what for _, what, _, _ in rows(full))
    ok(not re.search(r"\bmm\d|(table|page) 0x|rwsem 0x", columns), f"{oracle}: mms, tables, pages and locks have names", columns)
    number = re.search(r"(table|page) (0x\w+)", verdict)
    ok(re.search(rf"^# .*\b[TP]1: {number.group(0)}\b", folded, re.M), f"{oracle}: the first name is that of the verdict's {number.group(0)}",
       folded)

    # The kernel's own events have a place, and the step is there.
    places = [(e[4], e[10]) for e in events if not e[4].startswith("HW_") or e[4] in ("HW_LOAD", "HW_STORE")]
    wrong = [p for p in places if not true_place(*p)]
    ok(places and not wrong, f"{oracle}: all {len(places)} places are true", *wrong)
    beside = [b for _, _, b, marked in rows(folded) if marked]
    ok(all(re.search(r"[\w/]+\.c:\d+$", b) or "page walker" in m[2] for b, m in zip(beside, got)), f"{oracle}: marked events have a place", *beside)

    # What encloses a marked event is there too: where it begins.
    ok(re.search(r"\(\) \{ *\|", folded) and (oracle == "hardware" or re.search(r"d +walk mm_a \[0x2000, \+1\) \{", folded)),
       f"{oracle}: the operations around them, and that the walk has IRQs off", folded)

# These checks can fail.
folded, replay = history(*RED["walks"][:2], "fold")
ok(not as_wanted(marks(folded.replace("#>", "# ", 1)), RED["walks"][2]), "a mark that is missing is seen")
ok(not true_place("WITHDRAW", "pt_withdraw mm/pt_sync.c:1") and not true_place("WITHDRAW", "nonsense mm/pt_sync.c:30"), "a false place is seen")

# Without three marks nothing folds: the oracle does not know how the object got there.
out = explore("call_vs_reuse", "csd_no_wait")
ok("more" not in out and not marks(out), "a verdict about no object: all events, no marks", out)


## The picture


def picture(path):
    """(texts, {class: number}) of a drawing; it must be well-formed."""
    root = ElementTree.parse(path).getroot()
    classes = {}
    for node in root.iter():
        name = node.get("class")
        if name:
            classes[name] = classes.get(name, 0) + 1
    return [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")], classes


with tempfile.TemporaryDirectory() as work:
    svg = os.path.join(work, "history.svg")
    for oracle, (scenario, case, want) in RED.items():
        folded, replay = history(scenario, case, "fold")
        status, out = run_merged(["make", "-s", "explore", f"SCENARIO={scenario}", f"CASE={case}", f"REPLAY={replay}", f"SVG={svg}"], 60)
        ok(status == 2 and f"# history: {svg}\n" in out and "# event" not in out, f"{oracle}: SVG= writes it, and says where", status, out)
        texts, classes = picture(svg)
        ok(all(any(re.match(w[2], text) for text in texts) and any(text.startswith(w[1]) for text in texts) for w in want)
           and classes.get("mark") == len(want), f"{oracle}: the picture has its {len(want)} marked events", texts, classes)
        ok(folded.splitlines()[0][2:] in texts and "CPU0" in texts and "CPU1" in texts, f"{oracle}: the verdict, and a line for each CPU", texts)
        if oracle != "hardware":
            ok(classes.get("arrow") == 1 and "NMI" in texts and classes.get("irqs-off"), f"{oracle}: the NMI, and where IRQs are off", classes)
    status, out = run_merged(["make", "-s", "explore", "SCENARIO=flush_vs_flush", "CASE=tlb_partial_flush", f"SVG={svg}"], 60)
    texts, classes = picture(svg)
    ok("IPI" in texts and classes.get("arrow") == 1 and "flush_tlb_func() runs here for CPU0" in texts, "an IPI goes from its sender to its handler", texts)
    os.remove(svg)
    status, out = run_merged(["make", "-s", "explore", "SCENARIO=lock_vs_trylock", "CASE=+tso", f"SVG={svg}"], 60)
    ok(status == 0 and "nothing is red" in out and not os.path.exists(svg), "nothing red: no picture, and a line that says so", out)
    status, out = run_merged(["make", "-s", "explore", "SCENARIO=zap_vs_load", "CASE=tlb_no_remote", f"SVG={work}/none/x.svg"], 60)
    ok(status == 0 and re.search(r"history_svg.py: .*none/x.svg: .*: say another file", out), "a file that cannot be written: a line, the verdict's status", out)
for wrong in ("SVG=x.svg", "SCENARIO=lock_vs_lock CASE=x REPLAY=a GDB=1 SVG=x.svg"):
    status, out = run_merged(["make", "explore", *wrong.split()], 60)
    ok(status == 2 and re.fullmatch(r"explore.sh: .*: say .*\nmake: .*\n?", out), f"make explore {wrong}: one line, status 2", out)

## The documentation: the history in it is what its command prints. Lines of the sources move.

text = read("docs/debugging.md")
shown = re.search(r"^    (make explore SCENARIO=.*)\n\n```\n((?:#.*\n)+)```$", text, re.M)
if ok(shown, "docs/debugging.md shows a history, and its command"):
    status, out = run_merged(["make", "-s", *shown.group(1).split()[1:]], 60)
    printed = "\n".join(line for line in out.splitlines() if line.startswith("#"))
    without = [re.sub(r"(\.c):\d+", r"\1", t.rstrip()) for t in (shown.group(2), printed)]
    equal(without[0].splitlines(), without[1].splitlines(), "docs/debugging.md: the history is the one that comes out")

## The same on an image

need_kernel("torture")
ARGS = {"SMP": 4, "INVLPGB": 1, "POLICY": "never", "DURATION": patient(4), "SEED": "0x5eed", "DETERMINISTIC": 1, "TIMEOUT": patient(200)}
with tempfile.TemporaryDirectory() as work:
    svg = os.path.join(work, "history.svg")
    folded, full, lines = boot(**ARGS), boot(**ARGS, V=1), boot(**ARGS, SVG=svg)
    verdicts = [re.findall(r"^# VIOLATION .*$", r.out, re.M) for r in (folded, full, lines)]
    ok(len(verdicts[0]) == 1 and verdicts[0] == verdicts[1] == verdicts[2], "the image: DETERMINISTIC=1 has the same violation with V=1 and SVG=",
       *verdicts)
    got = marks(folded.out)
    whats = [what for _, what, _ in got]
    ok(whats[:3] == ["read here", "withdrawn here", "sync here"] and whats[3:] and whats[3] in ("deposited here", "reused here", "freed here"),
       "the image: marks where the table is read, withdrawn, not waited for, and reused", got, folded)
    number = re.search(r"table (0x\w+)", verdicts[0][0]).group(1)
    ok(f"# T1: table {number}" in folded.out, "the image: T1 is the verdict's table", folded)
    equal(marks(full.out), got, "the image: V=1 has the same marks", full)
    ok("more  " not in full.out and len(rows(full.out)) > len(rows(folded.out)), "the image: V=1 shows what folds", full)
    log = read(re.search(r"the whole log: (\S+)", lines.err).group(1)).replace("\r", "")
    ok("# event" not in lines.out, "the image: lines for programs are in the log, and not shown", lines)
    places = [(e[4], e[10]) for e in EVENT.findall(log.partition("\n# rings: ")[0]) if not e[4].startswith("OP_")]
    wrong = [p for p in places if not true_place(*p)]
    ok(len(places) > 5 and not wrong, f"the image: all {len(places)} places are true", *wrong)
    texts, classes = picture(svg)
    ok(classes.get("mark") == len(got) and classes.get("irqs-off") and "NMI" in texts and any(number in text for text in texts),
       "the image: the picture has the marked events, the NMI, and where IRQs are off", texts, classes)
    ok("history=" not in re.search(r"^# reproduce: .*$", full.out, re.M).group(), "the image: the command that repeats it does not say how it is printed", full)
done()
