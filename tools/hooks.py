#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""hooks.py: every sync_point() by itself that tools/sync-points does not have, one line each.

The hook belongs to the access: <kernel/shared.h>. Where it cannot, the list has the reason; a line
of it allows one sync_point(), and a line whose sync_point() is gone is an error as well."""
import os
import re

from terms import TOKEN, files, line_of, read

LIST = "tools/sync-points"
CALL = re.compile(r"(?<!#define )\bsync_point(?=\()")


def rows():
    """{(file, arguments): [line]}: what the list allows."""
    allowed = {}
    for number, text in enumerate(read(LIST).splitlines(), 1):
        if not text.strip() or text.startswith("#"):
            continue
        row = [field.strip() for field in text.split(" | ")]
        if len(row) != 3 or not all(row):
            print(f"{LIST}:{number}: FILE | ARGUMENTS | why, and no more")
        else:
            allowed.setdefault((row[0], row[1]), []).append(number)
    return allowed


def arguments_at(code, at):
    """What stands in the parentheses that begin at @at."""
    depth = 0
    for end in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[end], 0)
        if not depth:
            break
    return " ".join(code[at + 1:end].replace("\\\n", " ").split())


def calls():
    """(file, line, arguments) of each call, outside of comments and strings."""
    for path in files(".c", ".h"):
        code = TOKEN.sub(lambda m: "\n" * m.group().count("\n") + " ", read(path))
        for m in CALL.finditer(code):
            yield path, line_of(code, m.start()), arguments_at(code, m.end())


def main():
    allowed = rows()
    for path, line, arguments in calls():
        if allowed.get((path, arguments)):
            allowed[path, arguments].pop(0)
        else:
            print(f"{path}:{line}: sync_point({arguments}) by itself: shared_read() or its kin, or a reason in {LIST}")
    for (path, arguments), numbers in allowed.items():
        for number in numbers:
            print(f"{LIST}:{number}: {path}: sync_point({arguments}): stands there no more: take the line out")


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    main()
