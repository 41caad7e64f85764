"""What tfsec and Lockgate say of the same Terraform, side by side, for `benches/parity`."""

import json
import os
import subprocess
from collections import Counter

from side_by_side import ROOT, TFSEC, say, tfsec

FIXTURES = ROOT / "fixtures" / "terraform"
# The trees there, and the variables that each is scanned with beside none.
TREES = {"platform": "production.tfvars", "shop": "live.tfvars"}


def compare(options):
    """Prints the differences by rule; 1 where less is the same than was asked for."""
    original = tfsec()
    if original is None:
        return 2
    ours = options.lockgate
    same = missing = extra = 0
    for path in options.paths:
        theirs, they_end = results([original], path)
        own, we_end = results([ours, "tfsec"], path)
        both = theirs & own
        same, missing, extra = same + len(both), missing + len(theirs - own), extra + len(own - theirs)
        if they_end != we_end:
            print(f"{path}: tfsec ends with {they_end}, Lockgate with {we_end}")
        rules = Counter(rule for rule, *_ in theirs ^ own)
        for rule, count in rules.most_common(options.show):
            print(f"{path}: {rule}: {count} differences")
            for sign, places in (("-", theirs - own), ("+", own - theirs)):
                for _, file, first, last in sorted(place for place in places if place[0] == rule):
                    print(f"  {sign} {file}:{first}-{last}")
    precision, recall = share(same, same + extra), share(same, same + missing)
    print(f"{same} the same, {missing} by tfsec alone (-), {extra} by Lockgate alone (+)")
    print(f"precision {precision:.2f} %, recall {recall:.2f} %")
    return int(min(precision, recall) < options.at_least or same + missing == 0)


def record():
    """Writes what tfsec says of the fixtures beside them."""
    original = tfsec()
    if original is None:
        return
    rows = [f"# What tfsec {TFSEC.rpartition('@v')[2]} says of the folders here; `benches/parity --record` writes this."]
    rows += ["# folder, file of variables, rule, file, first line, last line"]
    for tree, variables in TREES.items():
        for said in ("-", variables):
            given = [] if said == "-" else ["--tfvars-file", str(FIXTURES / tree / said)]
            found, _ = results([original], FIXTURES / tree, given)
            rows += ["\t".join((tree, said, *map(str, place))) for place in sorted(found)]
    (FIXTURES / "tfsec.tsv").write_text("\n".join(rows) + "\n")
    say(f"{len(rows) - 2} results of tfsec")


def results(program, path, arguments=("--force-all-dirs",)):
    """The (rule, file, first line, last line) of every result, and the exit code."""
    command = [*map(str, program), "--format", "json", *arguments, str(path.resolve())]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found = json.loads(ended.stdout)["results"] or []
    except (ValueError, KeyError):
        say(f"{' '.join(command)} printed no results: {ended.stdout[:200]}{ended.stderr[:200]}")
        found = []
    places = set()
    for result in found:
        at = result["location"]
        file = os.path.relpath(at["filename"], path.resolve())
        places.add((result["long_id"], file, at["start_line"], at["end_line"]))
    return places, ended.returncode


def share(part, whole):
    return 100 * part / whole if whole else 100.0
