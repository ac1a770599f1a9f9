#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""build/explore/litmus asked for outcomes: exactly those of all executions, or one line and status 2."""
import os
import random
import re
import tempfile

import litmus_model
from hosttest import diag, done, equal, ok, one_line, run

LITMUS = "build/explore/litmus"

result = run(["make", "-s", LITMUS], timeout=300)
if not ok(result.status == 0, f"{LITMUS} builds", result):
    done()


## -p: one small program


def outcomes(program, show, *options):
    return run([LITMUS, "-p", program, "-s", show, *options], timeout=60)


def gives(program, show, want, *options):
    result = outcomes(program, show, *options)
    ok(result.status == 0 and result.out == f"{show}: {want}\n", f"{program[:60]}: {want[:60]}", result)


def refused(program, show, pattern, *options):
    result = outcomes(program, show, *options)
    one_line(result, pattern, f"{program[:60]}, -s {show[:20]}")
    ok(not result.out and result.err.count("\n") == 1, "and nothing else", result)


def deep(stores):
    """Four threads that store to a variable of their own and read it: one outcome, many steps."""
    names = list(zip("xyzw", "abcd"))
    return " | ".join(f"{f'{var}=1 ' * stores}{reg}={var}" for var, reg in names)


MANY = "x=1 x=2 x=3 x=4 | y=1 y=2 y=3 y=4 | a=x b=y c=x d=y e=x"


def ascending_pairs():
    """MANY's outcomes: each variable's values are read in ascending order."""
    up = range(5)
    return [f"{a}{b}{c}{d}{e}" for a in up for b in up for c in up for d in up for e in up
            if a <= c <= e and b <= d]


gives(MANY, "abcde", " ".join(ascending_pairs()), "-t")
gives(deep(30), "abcd", "1111", "-t")
gives("x=1 a=x | x=2 a=x", "0a1ax", "111 121 122 222")
gives("a=x+9 b=x+9", "bx", "9,18", "-t")
gives("a=x+9 " * 40, "x", "360")
gives("a=x+5 b=x+5", "bx", "5a")
gives("x=1 | y=1 | z=1 | w=1 | a=x b=y | c=z d=w", "abcd",
      " ".join(f"{a}{b}{c}{d}" for a in "01" for b in "01" for c in "01" for d in "01"))
gives("x=1 a=y | y=1 b=x", "ab", "00 01 10 11", "-t")

refused("x=1 a=x | x=2 a=x", "a", "register a is used by threads 0 and 1", "-t")
refused("i1 | a=x : x=1 a=x | a=y", "a", "register a is used by threads 1 and 2")
refused("x?1 a=x", "ax", "livelock in 1 of 1", "-t")
refused("l! m! m. l. a=x | m! l! l. m. b=x", "abx", "deadlock in 1 of", "-t")
refused("i9 | a=x", "a", "IPI to thread 9 of 2", "-t")
refused("w2 | a=x", "a", "IPI to thread 2 of 2")
refused("i1 | a=x : w7", "a", "IPI to thread 7 of 2")
refused("i0 : i0", "x", "not all executions: an execution is too deep", "-t")
refused("a=x " * 97, "a", "more than 96 operations")
refused("x=1 " * 40 + "| a=x", "a", "more than 32 stores wait", "-t")
refused("x=1 | " * 6 + "x=1", "x", "more than 6 threads")
refused("x=1 : a=x : b=x", "x", "two handlers")
refused("x=1 y=10", "x", "no such operation: y=10")
refused("x=1", "q", "no such register or variable")
refused("x=1", "1a", "no such register or variable")
refused("x=1", "", "nothing to show")
refused("x=1", "x" * 65, "more than 64 places")
refused("x=1 x=2 x=3 y=1 | x=4 x=5 x=6 | x=7 x=8 x=9 | a=x b=y c=x d=x | e=x f=y g=x", "x",
        "not all executions: time limit", "-t", "-T", "1")
for wrong in (["-p", "x=1", "classic"], ["-p", "x=1", "-T", "soon"], ["-n", "0"], ["-t"], ["-s", "a"], ["-q"]):
    result = run([LITMUS, *wrong], timeout=60)
    ok(result.status == 2 and not result.out and result.err, f"{' '.join(wrong)}: status 2", result)


## Files: the sets are those of litmus_model.py, which knows nothing of the engine


RESULT = re.compile(r"Test (\S+) (\w+)\nStates (\d+)\n((?:.*;\n)*)(Ok|No)\nWitnesses\n"
                    r"Positive: (\d+) Negative: (\d+)\nCondition (.*)\nObservation \1 (\w+) (\d+) (\d+)\n\n")


def results(result):
    """{test: (states, "Ok", executions in which the condition holds, and not, "Sometimes")}"""
    found = {}
    for name, _, nr, lines, valid, _, _, _, word, yes, no in RESULT.findall(result.out):
        states = {tuple(int(n) for n in re.findall(r"=(-?\d+);", line)) for line in lines.splitlines()}
        found[name] = (states if len(states) == int(nr) else None, valid, int(yes), int(no), word)
    return found


def litmus(programs, *options, final="forall (true)"):
    """One run for all of them, in both dialects: ({test: ...}, {test: ...}, result)"""
    found = []
    with tempfile.TemporaryDirectory() as tmp:
        for dialect in ("X86", "X86_64"):
            names = [os.path.join(tmp, f"{p['name']}.litmus") for p in programs]
            for name, program in zip(names, programs):
                with open(name, "w", encoding="utf-8") as file:
                    file.write(litmus_model.text(program, dialect, program.get("final", final)))
            result = run([LITMUS, *options, *names], timeout=120)
            found.append(results(result))
    return (*found, result)


def threads(*columns):
    """"x=1 a=y" as the model has it."""
    def instruction(word):
        if word in ("mfence", "lfence"):
            return (word,)
        left, right = word.split("=")
        if left in "abcd":
            return ("ld", left, right) if right.isalpha() else ("mov", left, int(right))
        return ("str", left, right) if right.isalpha() else ("st", left, int(right))

    return [[instruction(word) if isinstance(word, str) else word for word in column] for column in columns]


def plain(text):
    return threads(*[column.split() for column in text.split("|")])


# Kinds and names: Herding Cats, and A Tutorial Introduction to the ARM and POWER Relaxed Memory Models.
KINDS = {
    "SB": ("x=1 a=y | y=1 a=x", "exists (0:{a}=0 /\\ 1:{a}=0)", "Sometimes"),
    "SB+mfences": ("x=1 mfence a=y | y=1 mfence a=x", "exists (0:{a}=0 /\\ 1:{a}=0)", "Never"),
    "SB+lfences": ("x=1 lfence a=y | y=1 lfence a=x", "exists (0:{a}=0 /\\ 1:{a}=0)", "Sometimes"),
    "SB+mfence+po": ("x=1 mfence a=y | y=1 a=x", "exists (0:{a}=0 /\\ 1:{a}=0)", "Sometimes"),
    "SB+rfi-pos": ("x=1 a=x b=y | y=1 a=y b=x", "exists (0:{b}=0 /\\ 1:{b}=0)", "Sometimes"),
    "MP": ("x=1 y=1 | a=y b=x", "exists (1:{a}=1 /\\ 1:{b}=0)", "Never"),
    "LB": ("a=x y=1 | a=y x=1", "exists (0:{a}=1 /\\ 1:{a}=1)", "Never"),
    "S": ("x=2 y=1 | a=y x=1", "exists (1:{a}=1 /\\ [x]=2)", "Never"),
    "R": ("x=1 y=1 | y=2 a=x", "exists (1:{a}=0 /\\ [y]=2)", "Sometimes"),
    "R+po+mfence": ("x=1 y=1 | y=2 mfence a=x", "exists (1:{a}=0 /\\ [y]=2)", "Never"),
    "2+2W": ("x=1 y=2 | y=1 x=2", "exists ([x]=1 /\\ [y]=1)", "Never"),
    "CoRR": ("x=1 | a=x b=x", "exists (1:{a}=1 /\\ 1:{b}=0)", "Never"),
    "CoWW": ("x=1 x=2 | a=x", "forall ([x]=2)", "Always"),
    "CoWR": ("x=1 a=x | x=2", "exists (0:{a}=2 /\\ [x]=1)", "Never"),
    "CoRW2": ("a=x x=1 | x=2", "exists (0:{a}=2 /\\ [x]=2)", "Never"),
    "WRC": ("x=1 | a=x y=1 | a=y b=x", "exists (1:{a}=1 /\\ 2:{a}=1 /\\ 2:{b}=0)", "Never"),
    "RWC": ("x=1 | a=x b=y | y=1 a=x", "exists (1:{a}=1 /\\ 1:{b}=0 /\\ 2:{a}=0)", "Sometimes"),
    "RWC+mfence": ("x=1 | a=x b=y | y=1 mfence a=x", "exists (1:{a}=1 /\\ 1:{b}=0 /\\ 2:{a}=0)", "Never"),
    "WWC": ("x=2 | a=x y=1 | a=y x=1", "exists (1:{a}=2 /\\ 2:{a}=1 /\\ [x]=2)", "Never"),
    "W+RWC": ("x=1 y=1 | a=y b=z | z=1 a=x", "exists (1:{a}=1 /\\ 1:{b}=0 /\\ 2:{a}=0)", "Sometimes"),
    "Z6.3": ("x=1 y=1 | y=2 z=1 | a=z b=x", "exists ([y]=2 /\\ 2:{a}=1 /\\ 2:{b}=0)", "Never"),
    "ISA2": ("x=1 y=1 | a=y z=1 | a=z b=x", "exists (1:{a}=1 /\\ 2:{a}=1 /\\ 2:{b}=0)", "Never"),
    "3.2W": ("x=1 y=2 | y=1 z=2 | z=1 x=2", "exists ([x]=1 /\\ [y]=1 /\\ [z]=1)", "Never"),
    "IRIW": ("x=1 | y=1 | a=x b=y | a=y b=x", "exists (2:{a}=1 /\\ 2:{b}=0 /\\ 3:{a}=1 /\\ 3:{b}=0)", "Never"),
    "IRRWIW": ("x=2 | a=x b=y | y=1 | a=y x=1", "exists (1:{a}=2 /\\ 1:{b}=0 /\\ 3:{a}=1 /\\ [x]=2)", "Never"),
    "5.SB": ("x=1 a=y | y=1 a=z | z=1 a=u | u=1 a=v | v=1 a=x",
             "~exists (0:{a}=0 /\\ 1:{a}=0 /\\ 2:{a}=0 /\\ 3:{a}=0 /\\ 4:{a}=0)", "Sometimes"),
    "6-writers": ("x=1 | x=2 | x=3 | x=4 | x=5 | a=x b=x", "exists (5:{a}=2 /\\ 5:{b}=1 /\\ [x]=1)", "Sometimes"),
    "6-IRIW": ("x=1 | y=1 | a=x b=y | a=y b=x | a=x b=y | a=y b=x",
               "exists (2:{a}=1 /\\ 2:{b}=0 /\\ 5:{a}=1 /\\ 5:{b}=0)", "Never"),
}
KINDS = {name: (plain(text), final, word) for name, (text, final, word) in KINDS.items()}
KINDS |= {
    "SB+xchgs": (threads(["a=1", ("xchg", "x", "a"), "b=y"], ["a=1", ("xchg", "y", "a"), "b=x"]),
                 "exists (0:{b}=0 /\\ 1:{b}=0)", "Never"),
    "SB+xadd-elsewhere": (threads(["x=1", ("xadd", "z", "a"), "b=y"], ["y=1", ("xadd", "z", "a"), "b=x"]),
                          "exists (0:{b}=0 /\\ 1:{b}=0)", "Never"),
    "SB+failing-cmpxchg": (threads(["x=1", "a=7", ("cmpxchg", "z", "c"), "b=y"], ["y=1", "mfence", "b=x"]),
                           "exists (0:{b}=0 /\\ 1:{b}=0)", "Never"),
    "two-inc": (threads([("inc", "x")], [("inc", "x")]), "forall ([x]=2)", "Always"),
    "two-unlocked-inc": (threads([("uinc", "x")], [("uinc", "x")]), "forall ([x]=2)", "Sometimes"),
    "6-xadd": (threads(*[["a=1", ("xadd", "x", "a")]] * 6), "forall ([x]=6)", "Always"),
    "cmpxchg-one-wins": (threads(*[[f"b={n}", ("cmpxchg", "x", "b")] for n in (1, 2, 3)]),
                         "exists (0:{a}=0 /\\ 1:{a}=0)", "Never"),
}
LOOP = [("label", "L"), ("ld", "a", "y"), ("cmp", "a", 1), ("jne", "L")]
TAKE = [("label", "L"), ("mov", "a", 1), ("xchg", "l", "a"), ("cmp", "a", 0), ("jne", "L")]
LOOPS = {
    "MP+await": (threads(["x=1", "y=1"], [*LOOP, "b=x"]), "forall (1:{b}=1)", "Always"),
    "spinlock": (threads(*[[*TAKE, ("uinc", "x"), "l=0"]] * 2), "forall ([x]=2)", "Always"),
    "spinlock-3": (threads(*[[*TAKE, ("uinc", "x"), "l=0"]] * 3), "forall ([x]=3)", "Always"),
    "cmpxchg-loop": (threads(*[[("label", "L"), ("mov", "a", n), ("mov", "b", n + 1), ("cmpxchg", "x", "b"),
                                ("jne", "L")] for n in (0, 1, 2)]), "forall ([x]=3)", "Always"),
    # The turn ends as it began, but x has changed in it: the next one is not in vain.
    "changed-in-the-turn": (threads(["x=1"], [("label", "L"), "a=x", ("cmp", "a", 1), ("je", "O"), "a=x", "a=z",
                                              ("jmp", "L"), ("label", "O"), "b=x"]), "forall (1:{b}=1)", "Always"),
    "skipped-store": (threads(["a=x", ("cmp", "a", 1), ("jne", "L"), "y=1", ("label", "L"), "b=y"], ["x=1", "c=y"]),
                      "exists (0:{a}=1 /\\ 1:{c}=1)", "Sometimes"),
}
def as_programs(kinds):
    return [{"name": name, "threads": code, "final": final} for name, (code, final, _) in kinds.items()]


def compare(kinds, sets):
    """Both dialects give @sets(program), and the expected word."""
    programs = as_programs(kinds)
    intel, att, result = litmus(programs)
    for program in programs:
        name = program["name"]
        got = intel.get(name)
        word = kinds[name][2]
        states, executions = sets(program)
        good = got and got == att.get(name) and got[0] == states and got[4] == word
        good = good and (executions is None or got[2] + got[3] == executions)
        ok(good, f"{name}: {len(states)} states, {word}", f"got {got}", f"want {states} {executions} {word}", result.err)
    ok(result.status == 0 and not result.err, "and every execution of each ends", result.err)


def by_axioms(program):
    """And by the machine, which agrees; by that alone where there are too many candidates to try."""
    machine, _ = litmus_model.operational(program)
    if litmus_model.candidates_to_try(program) > 5000:
        return machine, None
    found = litmus_model.axiomatic(program)
    return set(found) if set(found) == machine else None, sum(found.values())


def by_machine(program):
    return litmus_model.operational(program)[0], None


compare(KINDS, by_axioms)
compare(LOOPS, by_machine)


def random_column(rnd, thread):
    """Loops that wait, loops that retry, branches, and what is between them."""
    column = []
    for part in range(rnd.randint(1, 3)):
        var, reg, n, label = rnd.choice("xy"), rnd.choice("abcd"), rnd.randint(0, 2), f"L{thread}{part}"
        jump = rnd.choice(("je", "jne"))
        column += rnd.choice((
            [("label", label), ("ld", reg, var), ("cmp", reg, n), (jump, label)],
            [("label", label), ("ld", reg, var), ("ld", "d", "z"), ("cmp", reg, n), (jump, label)],
            [("label", label), ("ld", "a", var), ("mov", "b", n), ("cmpxchg", var, "b"), ("jne", label)],
            [("label", label), ("mov", reg, 1), ("xchg", var, reg), ("cmp", reg, 0), ("jne", label)],
            [("cmp", reg, n), (jump, label), ("st", var, 1), ("label", label), ("lfence",)],
            *([[("st", var, n)]] * 3), *([[("ld", reg, var)]] * 2), [("inc", var)], [("mfence",)]))
    return column


programs = [{"name": "always-for-ever", "threads": threads(["x=1"], LOOP)},
            {"name": "perhaps-for-ever", "threads": threads(
                ["a=x", ("cmp", "a", 1), ("je", "L"), "y=1", ("label", "L"), "b=x"], [*LOOP, "b=x"], ["x=1"])}]
for n in range(150):
    rnd = random.Random(n)
    programs.append({"name": f"loops-{n}", "threads": [random_column(rnd, t) for t in range(rnd.choice((2, 2, 3)))]})
programs = [program for program in programs if litmus_model.places(program)]
intel, _, result = litmus(programs)
bad, endless = [], 0
for program in programs:
    want, never_ends = litmus_model.operational(program)
    name = program["name"]
    endless += never_ends
    said = len(re.findall(rf"/{name}.litmus: livelock in ", result.err))
    if (intel[name][0] != want and want) or said != never_ends:
        bad.append((program, intel[name], want, never_ends))
ok(not bad, f"{len(programs)} programs with loops: all states of the executions that end", *bad[:3])
ok(result.status == 2 and result.err.count("\n") == endless >= 10,
   f"a line about each of the {endless} that may not end, and status 2", result.err[:500])

# The comparison is not blind: SC's sets are others.
sc, _, _ = litmus(as_programs(KINDS), "-sc")
same = [name for name in KINDS if sc[name][0] == by_axioms({"name": name, "threads": KINDS[name][0]})[0]]
right = [name for name in KINDS if sc[name][0] == litmus_model.operational({"name": name, "threads": KINDS[name][0]}, False)[0]]
equal(sorted(set(KINDS) - set(same)),
      sorted(name for name, kind in KINDS.items() if kind[2] == "Sometimes" and name not in
             ("6-writers", "two-unlocked-inc")), "-sc: other sets where TSO allows more, and only there")
equal(right, list(KINDS), "-sc: exactly those of a machine without buffers")


def random_program(rnd, name):
    kinds = ["st"] * 4 + ["ld"] * 5 + ["str", "mov", "inc", "uinc", "xchg", "xadd", "cmpxchg", "mfence", "mfence"]
    left, code = 8, []
    for _ in range(rnd.choice((2, 2, 3, 3, 4))):
        column = []
        for _ in range(rnd.randint(1, 4)):
            kind, var, reg, n = rnd.choice(kinds), rnd.choice("xyz"), rnd.choice("abcd"), rnd.randint(1, 2)
            left -= {"st": 1, "ld": 1, "str": 1, "mov": 0, "mfence": 0}.get(kind, 2)
            if left < 0:
                break
            column.append({"st": (kind, var, n), "ld": (kind, reg, var), "mov": (kind, reg, n), "mfence": (kind,),
                           "inc": (kind, var), "uinc": (kind, var)}.get(kind, (kind, var, reg)))
        code.append(column)
    return {"name": name, "threads": code, "init": {"x": rnd.randint(0, 2), "y": rnd.randint(-1, 0)},
            "wide": rnd.random() < 0.5}


programs = [random_program(random.Random(n), f"random-{n}") for n in range(120)]
intel, att, result = litmus(programs)
bad = []
for program in programs:
    states, executions = by_axioms(program)
    got = intel.get(program["name"])
    if not got or got != att[program["name"]] or got[0] != states or executions not in (None, got[2]):
        bad.append((program, got, states, executions))
ok(not bad, f"{len(programs)} random programs: all states, and as many executions as the axioms allow", *bad[:3], result.err)
diag(f"{sum(len(g[0]) for g in intel.values())} states, {sum(g[2] for g in intel.values())} executions")


## Files: the form


def write(tmp, text):
    name = os.path.join(tmp, "t.litmus")
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def file_gives(text, want, name, *options):
    with tempfile.TemporaryDirectory() as tmp:
        result = run([LITMUS, *options, write(tmp, text)], timeout=60)
    ok(result.status == 0 and result.out == want and not result.err, name, result, want)


file_gives(r"""X86 two
"Fre PodWR, { in quotes"
Com=Fr Fr (* nested (* comments *) anywhere *)
{ int x=0; unsigned int y = 0x10; 0:ESI = -1; [z]=3; uint32_t u; *p = y; 1:EBX=&z;
}
 P0 (* here, too *) | P1             ;
 MOV [x] , $-2      | lock ; inc [x] ;
L0: JMP L1          | MOV EAX,[EBX]  ;
 MOV [x],$9         |                ;
L1: mov eax,[y]     | end: NOP       ;
locations [u; 0:ESI; y unsigned int; z]
filter (not ([x]=-2) /\ [x]<>1 \/ false)
~exists ((0:EAX=1 \/ [x]!=-2) /\ p=y /\ 1:EAX=[z] /\ (true => 0:ESI == -1))
""", r"""Test two Forbidden
States 1
0:EAX=16; 0:ESI=-1; 1:EAX=3; [p]=y; [u]=0; [x]=-1; [y]=16; [z]=3;
No
Witnesses
Positive: 0 Negative: 1
Condition ~exists ((0:EAX=1 \/ not ([x]=-2)) /\ [p]=y /\ 1:EAX=[z] /\ (true => 0:ESI=-1))
Observation two Always 1 0

""", "a file with a little of everything")

file_gives("""X86_64 parts
{ 0:rax=-1; 0:rbx=-1; 0:rcx=0x80; int8_t x; }
 P0              ;
 movl $7,%eax    ;
 movw $7,%bx     ;
 addb $0x80,%cl  ;
 setc %dl        ;
 seto %sil       ;
 shl 2,%dl       ;
 movb %cl,(x)    ;
 cmpb $0,(x)     ;
 cmovnel %eax,%r8d ;
 cmove %rbx,%r9  ;
 negl %edi       ;
 lock decb (x)   ;
 setl %r10b      ;
forall (0:rax=7 /\\ 0:rbx=0xffffffffffff0007 /\\ 0:rcx=0 /\\ 0:dl=4 /\\ 0:sil=1 /\\ 0:r8=0 /\\ 0:r9=0:rbx /\\ 0:r10b=1 /\\ x=-1)
""", """Test parts Required
States 1
0:rax=7; 0:rbx=-65529; 0:rcx=0; 0:dl=4; 0:sil=1; 0:r8=0; 0:r9=-65529; 0:r10b=1; [x]=-1;
Ok
Witnesses
Positive: 1 Negative: 0
Condition forall (0:rax=7 /\\ 0:rbx=-65529 /\\ 0:rcx=0 /\\ 0:dl=4 /\\ 0:sil=1 /\\ 0:r8=0 /\\ 0:r9=0:rbx /\\ 0:r10b=1 /\\ [x]=-1)
Observation parts Always 1 0

""", "parts of registers, and flags")


## Files: what cannot be read, or not all of it be searched


SB = """X86 SB
{ x=0; }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0)
"""


def file_refused(old, new, pattern, line=None):
    """@pattern: of the one line; @line: that it names"""
    with tempfile.TemporaryDirectory() as tmp:
        name = write(tmp, SB.replace(old, new, 1))
        result = run([LITMUS, "-T", "1", name], timeout=60)
    where = f"{name}:{line}: " if line else name
    one_line(result, re.escape(where) + ".*" + pattern, f"{new.strip()[:40]!r} for {old.strip()[:20]!r}")
    ok(not result.out and result.err.count("\n") == 1, "and nothing else", result)


for old, new, pattern, line in (
        ("X86 SB", "AArch64 SB", "AArch64", 1),
        ("X86 SB", "X86", "a name", 1),
        ("{ x=0; }", "{ x=0; ", "unfinished|expected|neither", None),
        ("{ x=0; }", "", "no { start }", None),
        ("x=0;", "x=0; int a[3];", "a is an array", 2),
        ("x=0;", "x=0x1ffffffff;", "larger value", None),
        ("x=0;", "0:XMM0=1;", "no such register", 2),
        ("x=0;", "EAX=1;", "of which thread", 2),
        ("x=0;", "7:EAX=1;", "thread 7", 2),
        ("x=0;", "3:EAX=1;", "P3, which is no thread", None),
        ("x=0;", "x=0 y=1;", "; is expected", 2),
        ("x=0;", " ".join(f"v{n}=0;" for n in range(17)), "more than 16 variables", 2),
        ("x=0;", f"{'v' * 64}=0;", "a name of more than 63 bytes", 2),
        ("x=0;", "x=99999999999999999999;", "not a number of 64 bits", 2),
        ("P0 ", "P1 ", "line of threads", 3),
        ("MOV [x],$1", "MOVNTI [x],EAX", r"MOVNTI \[x\],EAX: no such instruction", 4),
        ("MOV [x],$1", "FOO", "FOO: no such instruction", 4),
        ("MOV [x],$1", "CLFLUSH [x]", "no such instruction", 4),
        ("MOV [x],$1", "MOV [x],[y]", "two operands in memory", 4),
        ("MOV [x],$1", "MOV $1,[x]", "immediate as the destination", 4),
        ("MOV [x],$1", "MOV [x+4],$1", "several parts", 4),
        ("MOV [x],$1", "MOV 8[EAX],$1", "an offset", 4),
        ("MOV [x],$1", "MOV x,$1", "an operand", 4),
        ("MOV [x],$1", "MOV [x]", "number of operands", 4),
        ("MOV [x],$1", "MOV [x],$1,$2", "more operands", 4),
        ("MOV [x],$1", "MOV AX,EBX", "two sizes", 4),
        ("MOV [x],$1", "MOVB [x],$1", "by 4 and by 1 bytes|by 1 and by 4 bytes", None),
        ("MOV [x],$1", "MOV [x],$0x1ffffffff", "immediate of more than 4 bytes", 4),
        ("MOV [x],$1", "LOCK MOV [x],$1", "LOCK is for", 4),
        ("MOV [x],$1", "LOCK INC EAX", "LOCK is for", 4),
        ("MOV [x],$1", "CMPXCHG [x],EBX", "only with LOCK", 4),
        ("MOV [x],$1", "JNE L7", "P0 has no label L7", 4),
        ("MOV [x],$1", "L: L: NOP", "label L is there already", 4),
        ("MOV [x],$1  |", "MOV [x],$1  | NOP |", "columns", None),
        ("MOV [x],$1  |", "", "1 columns for 2 threads", None),
        ("MOV [x],$1", "MOV [EBX],$1", "no variable of 4 bytes is at address 0", None),
        ("MOV [x],$1", "L: INC EAX | ;\n CMP EAX,$-1 | ;\n JNE L ", "more than 100000 instructions", None),
        ("MOV [x],$1", "L: LOCK INC [x] | ;\n JMP L ", "not all executions: an execution is too deep", None),
        ("MOV [x],$1", "L: MOV [x],$1 | ;\n JMP L ", "more than 32 stores wait", None),
        ("MOV [x],$1", "L: " + "".join(f"MOV EAX,[v{n}] | ;\n" for n in range(9)) + "JMP L ",
         "a loop that reads more than 8 variables", None),
        ("MOV [x],$1", "L: CMP EAX,$0 | ;\n" * 1 + "".join(f"L{n}: JE L | ;\n" for n in range(65)), "more than 64 labels", None),
        ("MOV [x],$1 ", "MOV [x],$1 | ;\n" * 96, "more than 96 operations", None),
        ("exists (0:EAX=0)", "exists (2:EAX=0)", "there is no thread 2", 6),
        ("exists (0:EAX=0)", "exists (EAX=0)", "of which thread", 6),
        ("exists (0:EAX=0)", "exists (0:EAX=0", r"\) is expected", None),
        ("exists (0:EAX=0)", "exists (0:EAX=)", "a value is expected", 6),
        ("exists (0:EAX=0)", "exists (0:EAX=4294967296)", "more than 4 bytes", 6),
        ("exists (0:EAX=0)", "exists (0:EAX=0) x", "not understood", 6),
        ("exists (0:EAX=0)", "exists fault(P0)", "not supported", 6),
        ("exists (0:EAX=0)", "exists (0:EAX=0) (* for ever", "a comment without an end", 6),
        ("exists (0:EAX=0)", "~forall (0:EAX=0)", "exists is expected", 6),
        ("exists (0:EAX=0)", "observed 0:EAX=0;", "not understood", 6),
        ("exists (0:EAX=0)", "exists (x=\0)", "a byte is 0", None)):
    file_refused(old, new, pattern, line)

with tempfile.TemporaryDirectory() as tmp:
    good, missing = write(tmp, SB), os.path.join(tmp, "missing.litmus")
    result = run([LITMUS, missing, good], timeout=60)
    ok(result.status == 2 and list(results(result)) == ["SB"] and result.err.count("\n") == 1,
       "one file that is not there: a line, status 2, and the other's result", result)

done()
