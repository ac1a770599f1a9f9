# SPDX-License-Identifier: GPL-2.0
"""The map of docs/linux-facts.md: our functions beside Linux's, each as "path: function"."""
import os
import re

from hosttest import read

PLACE = re.compile(r"`([\w./-]+\.[ch]): (\w+)`")


def rows(text):
    """[(ours, Linux's)], each a list of (path, function), of all tables with a heading "ours" and one "Linux"."""
    found, heads = [], None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if "ours" in cells and "Linux" in cells:
            heads = cells.index("ours"), cells.index("Linux")
        elif not cells:
            heads = None
        elif heads and not set(cells[0]) <= set("-"):
            found.append(tuple(PLACE.findall(cells[at]) for at in heads))
    return found


def missing(places, top):
    """Those of @places that are not defined there."""
    return [f"{path}: {name}" for path, name in places
            if not os.path.exists(f"{top}/{path}") or not re.search(rf"^[^\s*/#].*?\b{name}\(", read(f"{top}/{path}"), re.M)]
