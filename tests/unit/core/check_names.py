#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""check_names: what the source's tables name is documented, and nothing else is.

Message types, reasons of a refusal and close codes stand in PROTOCOL.md; metrics, with the same words as in
the source, in docs/operations.md.
"""
import re
import subprocess
import sys

SHOW, PROTOCOL, OPERATIONS = sys.argv[1:4]

named = {"type": [], "reason": [], "code": [], "metric": []}
for line in subprocess.run([SHOW], capture_output=True, text=True, check=True).stdout.splitlines():
    kind, name = line.split(" ", 1)
    named[kind].append(name)


def rows(path, head):
    """The rows below the table's head, each a list of cells."""
    text = open(path).read()
    assert text.count(head) == 1, f"{path}: {text.count(head)} tables begin with {head}"
    lines = text[text.index(head):].splitlines()[2:]
    table = lines[:next(i for i, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]


def same(what, ours, documented):
    assert len(set(ours)) == len(ours) > 3, (what, ours)
    assert len(set(documented)) == len(documented), (what, documented)
    missing, stale = set(ours) - set(documented), set(documented) - set(ours)
    assert not missing and not stale, f"{what}: not documented {missing}, documented but not there {stale}"


def first_cells(path, head):
    return [row[0].strip("`") for row in rows(path, head)]


same("message type", named["type"], first_cells(PROTOCOL, "| type | fields | meaning |"))
same("reason of a refusal", named["reason"], first_cells(PROTOCOL, "| reason | meaning |"))
same("close code", named["code"], first_cells(PROTOCOL, "| code | when |"))
same("metric", named["metric"],
     [" ".join([name.strip("`"), kind, meaning]) for name, kind, meaning in rows(OPERATIONS, "| metric | kind | meaning |")])
print({kind: len(names) for kind, names in named.items()})
