#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Traces: the event rings as text and for Perfetto, of red runs and with TRACE=1; and a red make run that is found again."""
import concurrent.futures
import copy
import json
import os
import re
import tempfile

from hosttest import IMAGE, TOP, boot, done, equal, machine, need_kernel, ok, one_line, patient, read, run, run_merged, write

## The trace-event format, as far as it is used: what a trace has that it must not have

NEEDS = {"M": {"args"}, "B": {"cat", "args"}, "E": set(), "X": {"dur", "cat", "args"}, "i": {"s", "cat", "args"}, "s": {"id", "cat"},
         "t": {"id", "cat"}, "f": {"id", "cat", "bp"}, "b": {"id", "cat"}, "n": {"id", "cat"}, "e": {"id", "cat"}}
EVERY = {"ph", "name", "pid", "tid", "ts"}


def keys_wrong(event):
    """An event by itself."""
    missing = (EVERY | NEEDS.get(event.get("ph"), {"a known ph"})) - set(event)
    if missing:
        return f"without {', '.join(sorted(missing))}"
    if not (isinstance(event["pid"], int) and isinstance(event["tid"], int) and isinstance(event["ts"], (int, float)) and event["ts"] >= 0):
        return "pid, tid or ts is no number"
    return "dur is negative" if event.get("dur", 0) < 0 else ""


def spans_wrong(track):
    """B and E are pairs that lie in one another, and X lies in what encloses it."""
    stack = []
    for event in track:
        if event["ph"] == "B":
            stack.append(event)
        elif event["ph"] == "E":
            if not stack or stack[-1]["name"] != event["name"]:
                return f"E of {event['name']} without its B"
            stack.pop()
    points = [e for e in track if e["ph"] == "X"]
    if any(a["ts"] + a["dur"] > b["ts"] + 0.0011 for a, b in zip(points, points[1:])):
        return "X ends after the next one begins"
    return f"B of {stack[-1]['name']} without E" if stack else ""


def arrows_wrong(events):
    """Of each id one s, then t or none, then one f; each where a span is."""
    shapes = {}
    for event in events:
        if event["ph"] in "stf":
            shapes[event["cat"], event["id"]] = shapes.get((event["cat"], event["id"]), "") + event["ph"]
    wrong = [f"arrow {key}: {shape}" for key, shape in shapes.items() if not re.fullmatch("st*f", shape)]
    spans = {(e["tid"], e["ts"]) for e in events if e["ph"] in "XBE"}
    return wrong + [f"arrow {e['id']}: no span at its {e['ph']}" for e in events if e["ph"] in "stf" and (e["tid"], e["ts"]) not in spans]


def lives_wrong(events):
    """Of each id b, n or none, e, and the next b."""
    shapes = {}
    for event in events:
        if event["ph"] in "bne":
            shapes[event["cat"], event["id"]] = shapes.get((event["cat"], event["id"]), "") + event["ph"]
    return [f"async {key}: {shape}" for key, shape in shapes.items() if not re.fullmatch("(bn*e)+", shape)]


def wrong_with(trace):
    """What is wrong, in lines; the first of each kind."""
    events = trace.get("traceEvents")
    if not isinstance(events, list) or not events:
        return ["no traceEvents"]
    found = [f"{e}: {keys_wrong(e)}" for e in events if keys_wrong(e)]
    if found:
        return found[:3]
    named = {e["tid"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    named_pids = {e["pid"] for e in events if e["ph"] == "M" and e["name"] == "process_name"}
    tracks = {}
    for event in events:
        if event["ph"] != "M":
            tracks.setdefault((event["pid"], event["tid"]), []).append(event)
    for (pid, tid), track in tracks.items():
        if tid not in named or pid not in named_pids:
            found.append(f"track {pid} {tid} has no name")
        if any(a["ts"] > b["ts"] for a, b in zip(track, track[1:])):
            found.append(f"track {tid}: back in time")
        if spans_wrong(track):
            found.append(f"track {tid}: {spans_wrong(track)}")
    return found + arrows_wrong(events)[:3] + lives_wrong(events)[:3]


def of_kind(trace, ph, name=""):
    return [e for e in trace["traceEvents"] if e["ph"] == ph and e["name"].startswith(name)]


def load(path):
    return json.loads(read(path))


def paths(said):
    """(text, JSON) of each trace that a run has written."""
    return re.findall(r"trace: (\S+\.txt), and for https://ui\.perfetto\.dev (\S+\.json)$", said, re.M)


## By hand: two CPUs, an IPI that is waited for, an NMI, a table, and what a ring does not reach back to


def line(cpu, time, name, words, text, context="--", mark="", place=""):
    return f"# event {cpu} {time} {context} 0 {name} {' '.join(hex(w) for w in words)} | {text} | {mark} | {place}\n"


BY_HAND = ("# VIOLATION walks: table 0x1c\n# CPU0 | CPU1\n# T1: table 0x1c\n# rings: 2 CPUs, 1000 ticks are 2000 ns\n"
           + line(0, 1000, "WALK_END", (2, 0, 0), "} walk end mm2")
           + line(0, 2000, "WITHDRAW", (0x1c, 2, 0), "withdraw table T1 from mm2 at 0x0", mark="withdrawn here", place="pt_withdraw mm/pt_sync.c:33")
           + line(0, 3000, "IPI_SEND", (0xf00, 1, 1), "call f() on 1 CPUs")
           + line(0, 6000, "IPI_DONE", (0xf00, 1, 0), "call f() done on 1 CPUs")
           + line(0, 7000, "NMI_SEND", (5, 1, 0), "NMI")
           + line(0, 9000, "TABLE_FREE", (0x1c, 1, 0), "table T1 freed, level 1")
           + line(1, 2500, "WALK_BEGIN", (2, 0, 1), "walk mm2 [0x0, +1) {", "d-")
           + line(1, 4000, "IPI_RECV", (0xf00, 0, 1), "f() runs here for CPU0", "dh")
           + line(1, 8000, "NMI_FLUSH", (5, 0, 0), "NMI: flush", "dN") + "# end of the rings\n")
with tempfile.TemporaryDirectory() as work:
    write(f"{work}/log", BY_HAND)
    result = run(["tools/trace.py", f"{work}/log", f"{work}/x"])
    trace, text = load(f"{work}/x.json"), read(f"{work}/x.txt")
    equal(wrong_with(trace), [], "by hand: as the format has it")
    equal([(e["ph"], e["tid"], e["ts"]) for e in trace["traceEvents"] if e["ph"] in "stf" and e["name"] == "IPI"],
          [("s", 0, 4.0), ("t", 2, 6.0), ("f", 0, 10.0)], "by hand: an IPI, from its sender to the handler and back")
    equal([(e["ph"], e["tid"]) for e in trace["traceEvents"] if e["ph"] in "stf" and e["name"] == "NMI"], [("s", 0), ("f", 2)], "by hand: an NMI")
    equal([(e["ph"], e["name"], e["id"], e["ts"]) for e in trace["traceEvents"] if e["ph"] in "bne"],
          [("b", "table T1 withdrawn", "0x1c", 2.0), ("e", "table T1 withdrawn", "0x1c", 16.0)], "by hand: a table, from its withdrawal to its free")
    equal([(e["ph"], e["ts"]) for e in trace["traceEvents"] if e["tid"] == 3 and e["ph"] in "BE"], [("B", 3.0), ("E", 16.0)], "by hand: IRQs off, up to the end if it is not seen")
    equal([e["name"] for e in of_kind(trace, "i")], ["walk end mm2", "withdraw table T1 from mm2 at 0x0", "table T1 freed, level 1"],
          "by hand: all else is an instant, also an end whose begin is lost")
    equal(of_kind(trace, "i", "withdraw")[0]["args"], {"event": "WITHDRAW", "text": "withdraw table T1 from mm2 at 0x0", "function": "pt_withdraw",
                                                       "file": "mm/pt_sync.c:33", "mark": "withdrawn here"}, "by hand: with function, file and line")
    equal([int(l.split("CPU")[1].split()[0]) for l in text.splitlines() if not l.startswith("#")], [0, 0, 1, 0, 1, 0, 0, 1, 0],
          "by hand: the text has all CPUs in one order", text)

    # Each check can fail.
    for what, name in ((lambda es: es.remove(next(e for e in es if e["ph"] == "E")), "without E"),
                       (lambda es: es.remove(next(e for e in es if e["ph"] == "B")), "without its B"),
                       (lambda es: es.remove(next(e for e in es if e["ph"] == "s")), "arrow .*: tf"),
                       (lambda es: es.remove(next(e for e in es if e["ph"] == "f")), "arrow .*: st"),
                       (lambda es: es.remove(next(e for e in es if e["ph"] == "X")), "no span"),
                       (lambda es: es.remove(next(e for e in es if e["ph"] == "b")), "async"),
                       (lambda es: es.remove(next(e for e in es if e["name"] == "thread_name")), "no name"),
                       (lambda es: next(e for e in es if e["ph"] == "i").pop("s"), "without s"),
                       (lambda es: next(e for e in es if e["ph"] == "X").update(dur=-1), "negative"),
                       (lambda es: es.reverse(), "back in time")):
        broken = copy.deepcopy(trace)
        what(broken["traceEvents"])
        ok(any(re.search(name, w) for w in wrong_with(broken)), f"a broken trace is red: {name}", wrong_with(broken))
    write(f"{work}/log", "# VIOLATION x\n")
    one_line(run(["tools/trace.py", f"{work}/log", f"{work}/y"]), "has no events: ", "a log without rings", status=1)
    write(f"{work}/log", BY_HAND)
    one_line(run(["tools/trace.py", f"{work}/log", "/proc/none/y"]), "/proc/none/y: ", "a file that cannot be written")

## The model: what is red alone writes both

status, out = run_merged(["make", "-s", "build/model/explore"], 300)
ok(status == 0, "the explorer is built", out)
with tempfile.TemporaryDirectory() as work:
    status, out = run_merged(["make", "-s", "explore", "SCENARIO=flush_vs_flush", "CASE=tlb_partial_flush"], 60)
    found = paths(out)
    if ok(found and "# event" not in out and "# rings: " not in out, "a red scenario: its traces, and no lines for programs", out):
        trace = load(found[0][1])
        equal(wrong_with(trace), [], "a red scenario: as the format has it")
        ok(of_kind(trace, "s", "IPI") and of_kind(trace, "t", "IPI") and of_kind(trace, "f", "IPI"), "a red scenario: an IPI, its handler, its end")
        ok(any(e["args"].get("file", "").startswith("arch/x86/mm/tlb.c:") for e in of_kind(trace, "B", "flush")), "a red scenario: places", found)
    status, out = run_merged(["make", "-s", "explore", "SCENARIO=lock_vs_trylock", "CASE=+tso", "TRACE=1"], 60)
    ok(status == 0 and not paths(out) and "nothing is red, so no trace" in out, "a green scenario with TRACE=1: a line that says so", status, out)
    status, out = run_merged(["make", "-s", "explore", "SCENARIO=collapse_vs_gup", "CASE=ipi.broadcast", "REPLAY=a", "TRACE=1"], 60)
    ok(status == 0 and paths(out) and wrong_with(load(paths(out)[0][1])) == [], "a schedule that is not red: REPLAY=", status, out)
    status, out = run_merged(["make", "explore", "TRACE=1"], 60)
    ok(status == 2 and re.match(r"explore.sh: TRACE=1 is of one scenario: say SCENARIO=\n", out), "TRACE=1 of everything: one line, status 2", out)

## The image

need_kernel("torture", "list")
ARGS = {"SMP": 4, "POLICY": "receipt", "OPS": "retract", "DURATION": 1, "SEED": "0x5eed", "DETERMINISTIC": 1}
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    runs = [pool.submit(boot, **{"timeout": 100, **args}) for args in (
        ARGS, {**ARGS, "TRACE": 1}, {"RUN": "unit", "TESTS": "event", "SMP": 2, "TRACE": 1},
        {"SMP": 4, "DURATION": 1, "APPEND": "inject=spin:2 watchdog=1"})]
    plain, traced, unit, panics = [r.result() for r in runs]
ok(plain.status == 0 and not paths(plain.err) and "# event" not in plain.out, "a green run writes none", plain)
equal(traced.out, plain.out.replace("trace=1", "trace=2"), "DETERMINISTIC=1: the same run with TRACE=1")
if ok(traced.status == 0 and paths(traced.err), "TRACE=1: it writes both", traced):
    trace = load(paths(traced.err)[0][1])
    equal(wrong_with(trace), [], "TRACE=1: as the format has it")
    equal({e["args"]["name"] for e in of_kind(trace, "M", "thread_name")}, {f"CPU{c}{w}" for c in range(4) for w in ("", " IRQs off")}, "TRACE=1: each CPU")
    ok(of_kind(trace, "t", "IPI") and of_kind(trace, "f", "IPI") and of_kind(trace, "B", "walk") and of_kind(trace, "B", "flush")
       and of_kind(trace, "B", "IRQs off") and of_kind(trace, "b", "table"), "TRACE=1: IPIs, walks, flushes, IRQs off, tables")
ok(unit.status == 0 and paths(unit.err) and wrong_with(load(paths(unit.err)[0][1])) == [], "TRACE=1 of another job", unit)
ok(panics.status == 3 and paths(panics.err) and "panic: " in read(paths(panics.err)[0][0]).splitlines()[0], "a panic writes both", panics)

## A red make run, and the command that repeats it

with machine():
    red = run(["make", "run", "SMP=8", "INVLPGB=1", "POLICY=never"], {"IMAGE": IMAGE}, timeout=150)
again = re.search(r"^run\.sh: again, bit for bit: (make run .* DETERMINISTIC=1)$", red.err, re.M)
violation = re.search(r"^# VIOLATION .*$", red.out, re.M)
ok(violation and paths(red.err), "a violation writes both, without TRACE=1", red)
if paths(red.err):
    trace = load(paths(red.err)[0][1])
    equal(wrong_with(trace), [], "a violation: as the format has it")
    equal({e["args"]["name"] for e in of_kind(trace, "M", "thread_name")} & {f"CPU{c}" for c in range(8)}, {f"CPU{c}" for c in range(8)}, "a violation: all CPUs")
    marks = [e["args"]["mark"] for e in trace["traceEvents"] if "mark" in e.get("args", {}) and e["ph"] != "b"]
    ok({"read here", "withdrawn here", "sync here"} <= set(marks) and of_kind(trace, "s", "NMI"), "a violation: its marked events, and the NMIs", marks)
if ok(again and len(re.findall(r"^run\.sh: looking for", red.err, re.M)) == 1, "make run says how to repeat it, after one line of progress", red.err):
    words = again.group(1).split()[2:]
    ok("POLICY=never" in words and "SMP=8" in words and "INVLPGB=1" in words, "with the same options", words)
    with machine(), concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: run(["make", "run", *words], {"IMAGE": IMAGE}, timeout=100), range(2)))
    lines = [re.findall(r"^# VIOLATION .*$", r.out, re.M) for r in runs]
    ok(len(lines[0]) == 1 and runs[0].out == runs[1].out, "that command, twice: the same, bit for bit", *lines)
    ok("looking for" not in runs[0].err, "which is not looked for again", runs[0].err)

# What it says if there is no such run: doctored logs, so that nothing has to be red by chance.
with tempfile.TemporaryDirectory() as work:
    log = read(os.path.join(TOP, re.search(r"the whole log: (\S+)", red.err).group(1)))

    def said(text, seconds="3"):
        write(f"{work}/log", text)
        with machine():
            return run(["tools/again.py", f"{work}/log", IMAGE, seconds], timeout=100)

    result = said(re.sub(r"host=\S+", "host=qemu-7.2,kvm", log))
    ok(result.status == 1 and "cannot be repeated bit for bit: KVM counts no instructions" in result.err, "KVM: it says so", result)
    result = said(log.replace("POLICY='never'", "POLICY='broadcast'"))
    ok(result.status == 1 and "no run with DETERMINISTIC=1 failed within 3 s" in result.err, "none found: it says so", result)
    result = said(log.replace("INVLPGB='1'", "INVLPGB='hw'"))
    ok(result.status == 1 and "it cannot be repeated bit for bit: " in result.err, "no such run: it says why", result)
    equal(said(log.replace("job torture", "job unit")).err, "", "another job: nothing")
done()
