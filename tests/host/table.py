# SPDX-License-Identifier: GPL-2.0
"""Reads the tables at the end of a torture run, by the names in their own headings."""
import re


class Row:
    def __init__(self, name, cells, verdict):
        self.name, self.cells, self.verdict = name, cells, verdict

    def numbers(self, column):
        """Every cell under that heading, from left to right; 0 for "-"."""
        return [v or 0 for c, v in self.cells if c == column]


class Table:
    def __init__(self, title, lines):
        self.policies = re.findall(r"\((\w+)\)", title) or title.split()[-1:]
        columns = lines[0].split()[1:-1]
        self.rows = {}
        self.size = 1
        for line in lines[1:]:
            words = line.split()
            if len(words) <= len(columns) or not re.match(r"[\d,]+$", words[1]):
                break
            cells = [
                (column, None if word == "-" else float(word.replace(",", "")))
                for column, word in zip(columns, words[1:])
            ]
            self.rows[words[0]] = Row(words[0], cells, " ".join(words[len(columns) + 1 :]))
            self.size += 1

    def total(self, column):
        return sum(sum(row.numbers(column)) for row in self.rows.values())


class Report:
    def __init__(self, out):
        lines = out.splitlines()
        self.tables = []
        self.wide = []
        for i, line in enumerate(lines):
            if i and re.match(r"operation\s.*verdict$", line):
                table = Table(lines[i - 1], lines[i:])
                self.tables.append(table)
                self.wide += [l for l in lines[i - 2 : i + table.size] if len(l) > 72]
        # {policy: (walks, CPUs that walked, CPUs)}
        self.walks = {
            policy: tuple(int(g.replace(",", "")) for g in rest)
            for policy, *rest in re.findall(r"^(\w+): walks ([\d,]+) on (\d+) of (\d+) CPUs", out, re.M)
        }

    @property
    def rows(self):
        return [row for table in self.tables for row in table.rows.values()]

    def total(self, column):
        return sum(table.total(column) for table in self.tables)

    def done(self):
        """Operations of all phases; the first phase stands in every comparison."""
        first = sum(r.numbers("done")[0] for r in self.tables[0].rows.values()) if self.tables else 0
        return first + sum(sum(row.numbers("done")[1:]) for row in self.rows)
