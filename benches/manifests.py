"""What `trivy config` and Lockgate say of the same files, side by side, for `benches/parity`."""

import json
import shutil
import subprocess
from collections import Counter

from infrastructure import share
from side_by_side import say

ARGUMENTS = ["config", "--skip-check-update", "-q", "-f", "json", "."]


def compare(options):
    """Prints the differences by rule; 1 where less is the same than was asked for."""
    original = shutil.which("trivy")
    if original is None and options.recorded is None:
        say("there is no trivy on the path: name a report of `trivy config -f json` with --recorded FILE")
        return 2
    if options.recorded and len(options.paths) != 1:
        say("a recorded report is of one PATH")
        return 2
    same = missing = extra = 0
    for path in options.paths:
        theirs, counts = told(options.recorded.read_text()) if options.recorded else run([original], path)
        own, own_counts = run([options.lockgate, "trivy"], path)
        both = (theirs & own).total()
        same, missing, extra = same + both, missing + theirs.total() - both, extra + own.total() - both
        for target in sorted(counts.keys() | own_counts.keys()):
            if counts.get(target) != own_counts.get(target):
                print(f"{path}: {target[0]} ({target[1]}): passed and failed {counts.get(target)}, here {own_counts.get(target)}")
        only, more = theirs - own, own - theirs
        rules = Counter(place[0] for place in (only + more).elements())
        for rule, count in rules.most_common(options.show):
            print(f"{path}: {rule}: {count} differences")
            for sign, places in (("-", only), ("+", more)):
                for _, file, first, last, severity in sorted(place for place in places.elements() if place[0] == rule):
                    print(f"  {sign} {file}:{first}-{last} {severity}")
    print(f"{same} the same, {missing} by Trivy alone (-), {extra} by Lockgate alone (+)")
    precision, recall = share(same, same + extra), share(same, same + missing)
    print(f"precision {precision:.2f} %, recall {recall:.2f} %")
    return int(min(precision, recall) < options.at_least or same + missing == 0)


def run(program, path):
    command = [*map(str, program), *ARGUMENTS]
    folder = path if path.is_dir() else path.parent
    if not path.is_dir():
        command[-1] = path.name
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    try:
        return told(ended.stdout)
    except ValueError:
        say(f"{' '.join(command)} printed no report: {ended.stdout[:200]}{ended.stderr[:200]}")
        return Counter(), {}


def told(report):
    """(rule, file, first line, last line, severity) of all that fails, how often; and by file and type
    how many checks passed and failed."""
    places, counts = Counter(), {}
    for result in json.loads(report).get("Results") or []:
        if result.get("Class") != "config":
            continue
        summary = result.get("MisconfSummary")
        if summary:
            counts[result["Target"], result["Type"]] = summary["Successes"], summary["Failures"]
        for it in result.get("Misconfigurations") or []:
            cause = it["CauseMetadata"]
            if it["Status"] == "FAIL":
                lines = cause.get("StartLine", 0), cause.get("EndLine", 0)
                places[it["ID"], result["Target"], *lines, it["Severity"]] += 1
    return places, counts
