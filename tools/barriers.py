#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""barriers.py: every memory barrier whose partner is not named, or does not name it back, one line each.

A barrier says on its line, or in the comment above it, what it pairs with: "pairs with f()", where
the code of f(), or the comment above it, says "pairs with g()" of the function g() that has the
barrier; or the letter, as [S], of a table that shows both sides, each of which carries its letter.
What pairs with a lock, an atomic operation or an address dependency names it in the same way."""
import os
import re

from terms import TOKEN, files, line_of, read

PLACES = ("boot/", "kernel/", "mm/", "arch/x86/")
# The primitives themselves.
MADE_OF = ("arch/x86/include/asm/barrier.h", "arch/x86/include/asm/atomic.h", "kernel/include/kernel/shared.h",
           "kernel/include/kernel/atomic_ops.h")
BARRIER = re.compile(r"\b(?:smp_(?:mb|rmb|wmb|mb__\w+|load_acquire|store_release)|shared_(?:load_acquire|store_release|store_mb))(?=\()")
FUNCTION = re.compile(r"^(?!#)[^\s{}/*][^;{}=]*?\b(\w+)\([^;{}]*\)[^;{}()]*\n\{\n.*?^\}", re.M | re.S)
COMMENT_BEFORE = re.compile(r"(?:/\*(?:(?!\*/).)*\*/\s*)\Z", re.S)
PARTNERS = re.compile(r"\b[Pp]airs with\b((?:(?!\*/|\.\s|;).)*)", re.S)
NAME = re.compile(r"\b(\w+)\(\)")
TAG = re.compile(r"\[([A-Z])\]")


def partners(said):
    """Functions that a text says it pairs with."""
    return [name for part in PARTNERS.findall(said) for name in NAME.findall(part)]


def blank(match):
    """A comment or a string, replaced by blanks of the same length."""
    return re.sub(r"[^\n]", " ", match.group())


class Function:
    """A function: where it stands, and what the comments in it and above it pair it with."""

    def __init__(self, text, match):
        above = COMMENT_BEFORE.search(text[:match.start()])
        self.name, self.start, self.end = match.group(1), match.start(), match.end()
        self.above = above.group() if above else ""
        self.partners = set(partners(self.above + text[self.start:self.end]))


def comment_at(text, code, at):
    """What is said at a barrier: the comments of its statement, and one that ends right above it."""
    first = text.rfind("\n", 0, at) + 1
    # A statement of several lines, and a condition without braces, belong to the comment above them.
    while first and not re.search(r"[;{}:]\s*$", code[:first].rstrip(" \t")) and code[:first].strip():
        first = text.rfind("\n", 0, first - 1) + 1
        if not code[first:text.find("\n", first)].strip():
            break
    end = code.find(";", at)
    end = text.find("\n", end if end >= 0 else at)
    above = COMMENT_BEFORE.search(text[:first])
    return (above.group() if above else "") + text[first:end]


def barriers(text, code, functions):
    """(offset, enclosing function or None, what is said there) of each barrier."""
    for m in BARRIER.finditer(code):
        inside = next((f for f in functions if f.start <= m.start() < f.end), None)
        yield m.start(), inside, (inside.above if inside else "") + comment_at(text, code, m.start())


def tables(sources):
    """Letters that stand in a table, with those that stand at code: each side has its letter."""
    drawn, used = set(), set()
    for text, _ in sources.values():
        for line in text.splitlines():
            where = drawn if re.match(r"\s*(/\*|\*)", line) else used
            where.update(TAG.findall(line) if where is drawn or "/*" in line else ())
    return drawn, used


def fault(function, said, known, drawn):
    """What is wrong with a barrier, or None."""
    if any(tag in drawn for tag in TAG.findall(said)):
        return None
    names = partners(said)
    if not names:
        return "names no partner: pairs with f(), or a letter of a table"
    for name in names:
        if name not in known:
            return f"pairs with {name}(), which does not exist"
        if function and not any(function.name in f.partners for f in known[name]):
            return f"pairs with {name}(), which does not say that it pairs with {function.name}()"
    return None


def main():
    sources = {path: read(path) for path in files(".c", ".h") if path.startswith(PLACES)}
    sources = {path: (text, TOKEN.sub(blank, text)) for path, text in sources.items()}
    functions = {path: [Function(text, m) for m in FUNCTION.finditer(code)] for path, (text, code) in sources.items()}
    known = {}
    for some in functions.values():
        for f in some:
            known.setdefault(f.name, []).append(f)
    drawn, used = tables(sources)
    for path, (text, code) in sources.items():
        if path in MADE_OF:
            continue
        for at, function, said in barriers(text, code, functions[path]):
            wrong = fault(function, said, known, drawn)
            if wrong:
                print(f"{path}:{line_of(text, at)}: {BARRIER.match(code, at).group()}() {wrong}")
    for tag in sorted(drawn - used):
        print(f"[{tag}]: stands in a table, and at no code")


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    main()
