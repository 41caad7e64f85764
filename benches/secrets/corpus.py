#!/usr/bin/env python3
"""Writes the labelled corpus of secrets and of what looks like them.

Usage: benches/secrets/corpus.py FOLDER [--set tuned|held] [--seed N]

Each file of templates (`tuned.txt`, `held.txt`) describes files of a project:

    @ PATH [*N]       a file, made N times with other values
    +CLASS| TEXT      a line that holds a secret
    -CLASS| TEXT      a line that holds none, though it looks like it
    | TEXT            a line around them

«KIND ARGUMENTS» is a value made by `values.py`; the same seed gives the same values. What Lockgate
does is looked at and mended with the set `tuned` alone: `held` says how well that carries over.
FOLDER gets the files below `tree/`, and `labels.tsv`: path, first line, last line, + or -, class.
"""

import argparse
import random
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from values import Values

HERE = Path(__file__).resolve().parent
VALUE = re.compile("«([^«»]*)»")
SETS = ["tuned", "held"]


def write(folder, which, seed):
    """Makes the corpus; returns its labels."""
    tree = folder / "tree"
    labels = []
    for number, (path, repeats, lines) in enumerate(templates(HERE / f"{which}.txt")):
        for turn in range(repeats):
            values = Values(random.Random(f"{which}/{seed}/{number}/{turn}"))
            place = f"{values.service()}-{number:02}{turn:02}/{expand(path, values)}"
            text, marks = rendered(lines, values)
            (tree / place).parent.mkdir(parents=True, exist_ok=True)
            (tree / place).write_text(text)
            labels += [(place, *mark) for mark in marks]
    (folder / "labels.tsv").write_text("".join("\t".join(map(str, label)) + "\n" for label in labels))
    return labels


def templates(file):
    """(path, repeats, [(sign, class, text)]) of every template."""
    found = []
    for line in file.read_text().splitlines():
        if line.startswith("@ "):
            path, _, repeats = line[2:].partition(" *")
            found.append((path, int(repeats or 1), []))
        elif line.startswith("|"):
            found[-1][2].append((None, None, line[2:]))
        elif line.startswith(("+", "-")):
            kind, _, text = line[1:].partition("|")
            found[-1][2].append((line[0], kind, text[1:]))
        elif line and not line.startswith("#"):
            raise SystemExit(f"{file}: {line}")
    return found


def rendered(lines, values):
    out, marks = [], []
    for sign, kind, text in lines:
        first = len(out) + 1
        out += expand(text, values).split("\n")
        if sign:
            marks.append((first, len(out), sign, kind))
    return "\n".join(out) + "\n", marks


def expand(text, values):
    """The innermost values first, as one is handed to another's encoding."""
    return VALUE.sub(lambda found: values.make(found[1]), text)


def main():
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--set", choices=SETS, default="tuned", dest="which")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    options = parser.parse_args()
    labels = write(options.folder, options.which, options.seed)
    secrets = sum(sign == "+" for _, _, _, sign, _ in labels)
    print(f"{len(labels)} labelled lines, {secrets} of them secrets")


if __name__ == "__main__":
    main()
