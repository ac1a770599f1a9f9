# SPDX-License-Identifier: GPL-2.0
"""x86-TSO twice more, for the sets that build/explore/litmus must give: by the axioms, and by visiting
every state of a machine with store buffers. Small programs only.

A program is {"name", "threads", "init"}; a thread is a list of instructions:
    ("st", x, n)  [x] = n            ("str", x, r)  [x] = r         ("ld", r, x)   r = [x]
    ("mov", r, n) r = n              ("inc", x)     LOCK INC [x]    ("uinc", x)    INC [x]
    ("xchg", x, r)                   ("xadd", x, r)                 ("cmpxchg", x, r)
    ("mfence",) ("lfence",)          ("label", l)   ("jmp", l)      ("cmp", r, n)  ("je", l) ("jne", l)
Registers are a, b, c, d; a is EAX. The states are those of all registers that are used, and variables.
"""
import itertools
import math

REGISTERS = "abcd"
LOCKED = ("inc", "xchg", "xadd", "cmpxchg")


def variables(program):
    found = set(program.get("init", {}))
    for op in itertools.chain(*program["threads"]):
        if op[0] in ("st", "str", "inc", "uinc", *LOCKED):
            found.add(op[1])
        elif op[0] == "ld":
            found.add(op[2])
    return sorted(found)


def registers(thread):
    found = set()
    for op in thread:
        if op[0] in ("ld", "mov", "cmp"):
            found.add(op[1])
        elif op[0] in ("str", "xchg", "xadd", "cmpxchg"):
            found.add(op[2])
        if op[0] == "cmpxchg":
            found.add("a")
    return sorted(found)


def places(program):
    """What a state is made of, in the order in which it is printed."""
    regs = [(t, r) for t, ops in enumerate(program["threads"]) for r in registers(ops)]
    return regs + [(None, v) for v in variables(program)]


## The text


def text(program, dialect, final):
    """The program as a .litmus file: "X86" or "X86_64"."""
    att = dialect == "X86_64"
    sizes = {"X86": "e{}x", "X86_64": "r{}x" if program.get("wide", True) else "e{}x"}
    reg = {r: sizes[dialect].format(r) for r in REGISTERS}
    if not att:
        reg = {r: name.upper() for r, name in reg.items()}

    def pair(what, to, source):
        return f"{what} {source},{to}" if att else f"{what.upper()} {to},{source}"

    def instruction(op):
        kind, rest = op[0], op[1:]
        at = "" if not rest else f"({rest[0]})" if att else f"[{rest[0]}]"
        r = ("%" if att else "") + reg.get(rest[-1], "") if rest else ""
        suffix = "q" if att and program.get("wide", True) else "l" if att else ""
        match kind:
            case "st":
                return pair("mov" + suffix, at, f"${rest[1]}")
            case "str":
                return pair("mov" + suffix, at, r)
            case "ld":
                source = f"({rest[1]})" if att else f"[{rest[1]}]"
                return pair("mov" + suffix, ("%" if att else "") + reg[rest[0]], source)
            case "mov" | "cmp":
                return pair(kind + suffix, ("%" if att else "") + reg[rest[0]], f"${rest[1]}")
            case "inc":
                return f"lock inc{suffix} {at}" if att else f"LOCK INC {at}"
            case "uinc":
                return f"inc{suffix} {at}" if att else f"INC {at}"
            case "xchg":
                return pair("xchg" + suffix, at, r)
            case "xadd" | "cmpxchg":
                return ("lock " if att else "LOCK ") + pair(kind + suffix, at, r)
            case "label":
                return f"{rest[0]}:"
            case "jmp" | "je" | "jne":
                return f"{kind if att else kind.upper()} {rest[0]}"
        return kind if att else kind.upper()

    def cells(thread):
        """A label stands before the instruction that follows."""
        out = []
        for op in thread:
            before = out.pop() + " " if out and out[-1].endswith(":") else ""
            out.append(before + instruction(op))
        return out

    columns = [cells(thread) for thread in program["threads"]]
    rows = itertools.zip_longest(*columns, fillvalue="")
    init = "".join(f" {v}={n};" for v, n in sorted(program.get("init", {}).items()))
    if att and program.get("wide", True):
        init = "".join(f" int64_t {v}={program.get('init', {}).get(v, 0)};" for v in variables(program))
    lines = [f"{dialect} {program['name']}", '"written by a test"', "{" + init + " }"]
    lines.append(" | ".join(f"P{t}" for t in range(len(columns))) + " ;")
    lines += [" | ".join(row) + " ;" for row in rows]
    shown = "; ".join(f"{t}:{reg[n]}" if t is not None else n for t, n in places(program))
    lines += [f"locations [{shown};]", final.format(**reg)]
    return "\n".join(lines) + "\n"


## The axioms: x86tso.cat


class Event:
    def __init__(self, thread, instr, var, write, atomic):
        self.thread, self.instr, self.var, self.write, self.atomic = thread, instr, var, write, atomic


def acyclic(nodes, edges):
    after = {n: [] for n in nodes}
    degree = dict.fromkeys(nodes, 0)
    for a, b in set(edges):
        after[a].append(b)
        degree[b] += 1
    ready = [n for n in nodes if not degree[n]]
    done = 0
    while ready:
        done += 1
        for b in after[ready.pop()]:
            degree[b] -= 1
            if not degree[b]:
                ready.append(b)
    return done == len(degree)


def events_of(program, exchanged):
    """The events of each thread, in program order; @exchanged: which CMPXCHG write."""
    threads = []
    for t, ops in enumerate(program["threads"]):
        mine = []
        for i, op in enumerate(ops):
            kind = op[0]
            var = op[2] if kind == "ld" else op[1] if len(op) > 1 else None
            atomic = kind in LOCKED
            if kind == "ld" or kind == "uinc" or atomic:
                mine.append(Event(t, i, var, False, atomic))
            if kind in ("st", "str", "uinc") or (atomic and exchanged.get((t, i), True)):
                mine.append(Event(t, i, var, True, atomic))
        threads.append(mine)
    return threads


def static_order(program, threads):
    """What is ordered, whatever the reads-from relation is: (po-loc, what is globally ordered)."""
    loc, ghb = [], []
    for t, mine in enumerate(threads):
        fences = [i for i, op in enumerate(program["threads"][t]) if op[0] == "mfence"]
        for a, b in itertools.combinations(mine, 2):
            if a.var == b.var:
                loc.append((a, b))
            fenced = any(a.instr < i < b.instr for i in fences)
            if not (a.write and not b.write) or fenced or a.atomic or b.atomic:
                ghb.append((a, b))
    return loc, ghb


def values(program, threads, source):
    """Runs the threads with these sources. Return: (registers, values of the writes, who exchanged)."""
    known, regs, did = {}, {}, {}
    init = program.get("init", {})
    at = {(e.thread, e.instr, e.write): e for mine in threads for e in mine}

    def read(t, i):
        e = source[at[t, i, False]]
        return init.get(at[t, i, False].var, 0) if e is None else known.get(e)

    position = [0] * len(threads)
    state = [dict.fromkeys(REGISTERS, 0) for _ in threads]
    moved = True
    while moved:
        moved = False
        for t, ops in enumerate(program["threads"]):
            while position[t] < len(ops):
                i, r = position[t], state[t]
                kind, *rest = ops[i]
                write = at.get((t, i, True))
                old = read(t, i) if (t, i, False) in at else 0
                if old is None:
                    break
                match kind:
                    case "st":
                        known[write] = rest[1]
                    case "str":
                        known[write] = r[rest[1]]
                    case "ld":
                        r[rest[0]] = old
                    case "mov":
                        r[rest[0]] = rest[1]
                    case "inc" | "uinc":
                        known[write] = old + 1
                    case "xchg":
                        known[write], r[rest[1]] = r[rest[1]], old
                    case "xadd":
                        known[write], r[rest[1]] = old + r[rest[1]], old
                    case "cmpxchg":
                        did[t, i] = old == r["a"]
                        if write:
                            known[write] = r[rest[1]]
                        if not did[t, i]:
                            r["a"] = old
                position[t] += 1
                moved = True
    if any(position[t] < len(ops) for t, ops in enumerate(program["threads"])):
        return None
    for t, r in enumerate(state):
        regs.update({(t, n): r[n] for n in r})
    return regs, known, did


def axiomatic(program):
    """{state: executions} of a program without jumps."""
    found = {}
    maybe = [(t, i) for t, ops in enumerate(program["threads"]) for i, op in enumerate(ops) if op[0] == "cmpxchg"]
    for mask in itertools.product((False, True), repeat=len(maybe)):
        exchanged = dict(zip(maybe, mask))
        threads = events_of(program, exchanged)
        for state in candidates(program, threads, exchanged):
            found[state] = found.get(state, 0) + 1
    return found


def candidates_to_try(program):
    """How many ways to choose sources and orders there are, at most."""
    events = list(itertools.chain(*events_of(program, {})))
    nr = 1
    for var in variables(program):
        writes = sum(e.write and e.var == var for e in events)
        nr *= math.factorial(writes) * (writes + 1) ** sum(not e.write and e.var == var for e in events)
    return nr * 2 ** sum(op[0] == "cmpxchg" for op in itertools.chain(*program["threads"]))


def candidates(program, threads, exchanged):
    events = list(itertools.chain(*threads))
    loc, static = static_order(program, threads)
    names = variables(program)
    writes = {v: [e for e in events if e.write and e.var == v] for v in names}
    reads = [e for e in events if not e.write]
    orders = [list(itertools.permutations(writes[v])) for v in names]
    pairs = {(e.thread, e.instr): e for e in events if e.write and e.atomic}
    for choice in itertools.product(*orders):
        co = {v: order for v, order in zip(names, choice)}
        place = {e: n for order in choice for n, e in enumerate(order)}
        co_edges = [(a, b) for order in choice for a, b in zip(order, order[1:])]
        if not acyclic(events, loc + co_edges):
            continue
        for sources in itertools.product(*([None, *writes[e.var]] for e in reads)):
            source = dict(zip(reads, sources))
            rf = [(w, r) for r, w in source.items() if w]
            fr = [(r, w) for r in reads for w in co[r.var][place[source[r]] + 1 if source[r] else 0:]]
            # A locked instruction writes right after what it reads.
            atomic = all(place[pairs[r.thread, r.instr]] == (place[source[r]] + 1 if source[r] else 0)
                         for r in reads if r.atomic and (r.thread, r.instr) in pairs)
            if not atomic or not acyclic(events, loc + co_edges + rf + fr):
                continue
            rfe = [(a, b) for a, b in rf if a.thread != b.thread]
            if not acyclic(events, static + co_edges + rfe + fr):
                continue
            ran = values(program, threads, source)
            if not ran or any(ran[2].get(k) != v for k, v in exchanged.items()):
                continue
            regs, known, _ = ran
            last = {v: known[co[v][-1]] if co[v] else program.get("init", {}).get(v, 0) for v in names}
            yield tuple(regs[t, n] if t is not None else last[n] for t, n in places(program))


## The machine: every state once


def operational(program, tso=True):
    """(states, whether some execution never ends)"""
    names = variables(program)
    code = [[op for op in ops if op[0] != "label"] for ops in program["threads"]]
    labels = []
    for ops in program["threads"]:
        count, mine = 0, {}
        for op in ops:
            if op[0] == "label":
                mine[op[1]] = count
            count += op[0] != "label"
        labels.append(mine)

    def look(buffer, mem, var):
        for v, n in reversed(buffer):
            if v == var:
                return n
        return mem[names.index(var)]

    def put(mem, var, n):
        i = names.index(var)
        return (*mem[:i], n, *mem[i + 1:])

    def step(t, thread, mem):
        """The next instruction of thread @t: (thread, memory), or None where it has to wait."""
        pc, regs, equal, half, buffer = thread
        r = dict(zip(REGISTERS, regs))
        kind, *rest = code[t][pc]
        if kind in LOCKED + ("mfence",) and buffer:
            return None
        pc += 1

        def store(var, n):
            return (buffer + ((var, n),), mem) if tso else (buffer, put(mem, var, n))

        match kind:
            case "st":
                buffer, mem = store(rest[0], rest[1])
            case "str":
                buffer, mem = store(rest[0], r[rest[1]])
            case "ld":
                r[rest[0]] = look(buffer, mem, rest[1])
            case "mov":
                r[rest[0]] = rest[1]
            case "uinc" if half is None:
                half, pc = look(buffer, mem, rest[0]) + 1, pc - 1
            case "uinc":
                buffer, mem = store(rest[0], half)
                half = None
            case "inc":
                mem = put(mem, rest[0], look((), mem, rest[0]) + 1)
            case "xchg" | "xadd":
                old = look((), mem, rest[0])
                mem = put(mem, rest[0], r[rest[1]] + (old if kind == "xadd" else 0))
                r[rest[1]] = old
            case "cmpxchg":
                old = look((), mem, rest[0])
                equal = old == r["a"]
                if equal:
                    mem = put(mem, rest[0], r[rest[1]])
                r["a"] = old
            case "cmp":
                equal = r[rest[0]] == rest[1]
            case "jmp":
                pc = labels[t][rest[0]]
            case "je" | "jne" if equal == (kind == "je"):
                pc = labels[t][rest[0]]
        return (pc, tuple(r.values()), equal, half, buffer), mem

    init = program.get("init", {})
    start = (tuple((0, (0,) * len(REGISTERS), False, None, ()) for _ in code), tuple(init.get(v, 0) for v in names))
    seen, todo, ends, back = {start}, [start], set(), {}
    while todo:
        here = todo.pop()
        threads, mem = here
        following = []
        for t, thread in enumerate(threads):
            if thread[4]:
                (var, n), rest = thread[4][0], thread[4][1:]
                following.append(((*threads[:t], (*thread[:4], rest), *threads[t + 1:]), put(mem, var, n)))
            if thread[0] < len(code[t]):
                went = step(t, thread, mem)
                if went:
                    following.append(((*threads[:t], went[0], *threads[t + 1:]), went[1]))
        if not following:
            ends.add(here)
        for state in following:
            back.setdefault(state, []).append(here)
            if state not in seen:
                seen.add(state)
                todo.append(state)
    # From where no end can be reached an execution never ends.
    can_end, todo = set(ends), list(ends)
    while todo:
        for state in back.get(todo.pop(), []):
            if state not in can_end:
                can_end.add(state)
                todo.append(state)

    def shown(state):
        threads, mem = state
        return tuple(threads[t][1][REGISTERS.index(n)] if t is not None else mem[names.index(n)]
                     for t, n in places(program))

    return {shown(state) for state in ends}, len(can_end) < len(seen)
