#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""terms.py names|words: names of Linux and retired words that must not come back, one line each.

names: identifiers of tools/linux-names, in code, and as name() in a comment that does not say Linux. In
arch/linux they are Linux's own.
words: patterns of tools/retired-words, in comments, strings and documents."""
import os
import re
import sys

DIRECTORIES = ("arch", "boot", "docs", "kernel", "mm", "tests", "tools", ".ci")
TOP_FILES = ("README.md", "CONTRIBUTING.md", "Makefile", "run.sh", "linker.ld")
C = (".c", ".h", ".S", ".ld")
HASH = (".sh", ".py", ".t", ".mk", "Makefile", ".ci/run", "fake-qemu", "grub.cfg", "grub-run.cfg")
PLAIN = (".md", "tools/variables")
# They name what they are there to find.
ABOUT_WORDS = ("docs/glossary.md", "tests/host/00-lint.t", "tools/retired-words")

# Comments and strings, by language; the lines of a comment of # are one run.
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
HASH_TOKEN = re.compile(r'#[^\n]*(?:\n[ \t]*#[^\n]*)*|""".*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
PATH = re.compile(r"<?[\w.*-]*/[\w./*<>-]*|\w+\.[chS]\b")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def table(path):
    """Rows of a list of ours: fields between ' | ', comments left out."""
    rows = [line for line in read(path).splitlines() if line.strip() and not line.startswith("#")]
    return [[field.strip() for field in re.split(r"\s+\|\s+", row)] for row in rows]


def files(*suffixes):
    for top in DIRECTORIES:
        for folder, _, names in sorted(os.walk(top)):
            paths = (os.path.join(folder, name) for name in sorted(names))
            yield from (path for path in paths if path.endswith(suffixes))
    yield from (name for name in TOP_FILES if os.path.exists(name) and name.endswith(suffixes))


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def prose(path, text):
    """[(line, text)]: what is written for people: comments and strings, and the paragraphs of a document."""
    if path.endswith(PLAIN):
        return [(line_of(text, m.start()), m.group()) for m in re.finditer(r"(?:^.*\S.*\n?)+", text, re.M)]
    token, mark = (TOKEN, r"(?m)^[ \t]*\*") if path.endswith(C) else (HASH_TOKEN, r"(?m)^[ \t]*#+")
    return [(line_of(text, m.start()), re.sub(mark, " ", m.group()).strip("/*#\"' \t")) for m in token.finditer(text)]


def names():
    linux = {row[0]: row[1:] for row in table("tools/linux-names")}
    word = re.compile(r"\b(%s)\b" % "|".join(linux))
    call = re.compile(r"\b(%s)\(\)" % "|".join(linux))
    for path in files(".c", ".h", ".S"):
        if path.startswith("arch/linux/"):
            continue
        text = read(path)
        code = TOKEN.sub(lambda m: "\n" * m.group().count("\n") + " ", text)
        found = [(line_of(code, m.start()), m.group(1)) for m in word.finditer(code)]
        for comment in TOKEN.finditer(text):
            if comment.group().startswith("/") and "Linux" not in comment.group():
                found += [(line_of(text, comment.start() + m.start()), m.group(1)) for m in call.finditer(comment.group())]
        for line, name in sorted(found):
            print(f"{path}:{line}: {name}: Linux's {linux[name][0]}; here: {linux[name][1]} (tools/linux-names)")


def retired(path, patterns):
    for start, text in prose(path, read(path)):
        text = PATH.sub(lambda m: "x" * len(m.group()), text)
        for pattern, instead in patterns:
            for m in pattern.finditer(text):
                yield start + text.count("\n", 0, m.end() - 1), " ".join(m.group().split()), instead


def words():
    patterns = [(re.compile(row[0].replace(" ", r"\s+")), row[1]) for row in retired_rows()]
    for path in files(*PLAIN, *C, *HASH):
        if path in ABOUT_WORDS:
            continue
        for line, word, instead in retired(path, patterns):
            print(f"{path}:{line}: '{word}': {instead} (tools/retired-words)")


def retired_rows():
    """As table(), but a pattern may have | in it: the last field is what to write."""
    rows = [line for line in read("tools/retired-words").splitlines() if line.strip() and not line.startswith("#")]
    return [[part.strip() for part in row.rsplit(" | ", 1)] for row in rows]


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("names", "words"):
        sys.exit("usage: terms.py names|words")
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    {"names": names, "words": words}[sys.argv[1]]()
