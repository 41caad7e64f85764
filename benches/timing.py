"""Measures command lines as whole processes, and sets the results side by side."""

import statistics
import subprocess
import sys
import tempfile
from collections import namedtuple

from side_by_side import environment, say

# A process begins with the peak memory of the one that started it, so a small one has to do that:
# with this the smallest peak that can be seen is about 8 MiB. wait4 gives the usage of this child
# (and of those it waited for), and the program's own output goes nowhere.
STARTER = """
import os, sys, time
null = os.open(os.devnull, os.O_RDWR)
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - start
print(os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""

Run = namedtuple("Run", "wall cpu peak")
Case = namedtuple("Case", "name command prepare runs passing")


def measure(case):
    """The runs of a case, after one that is not counted (unless the case runs only once)."""
    say(f"{case.name}: {' '.join(map(str, case.command))[:200]}")
    runs = []
    for _ in range(case.runs + (case.runs > 1)):
        if case.prepare:
            case.prepare()
        runs.append(run(case))
        say(f"  {seconds(runs[-1].wall)}, {mebibytes(runs[-1].peak)}")
    return runs[1:] or runs


def run(case):
    """One process from start to end, started and awaited by the small `STARTER`."""
    command = [sys.executable, "-I", "-S", "-c", STARTER, *map(str, case.command)]
    with tempfile.TemporaryFile() as errors:
        starter = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment(), check=True
        )
        code, wall, cpu, peak = map(float, starter.stdout.split())
        if code not in case.passing:
            errors.seek(0)
            tail = errors.read().decode(errors="replace")[-2000:]
            sys.exit(f"{tail}\nbenches/compare: {case.name} ended with {code:.0f}; run it alone to see why")
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return Run(wall, cpu, int(peak) * unit)


def table(results):
    against = next((name for name in results if name.startswith("lockgate")), next(iter(results)))
    lines = [
        f"| | wall time | CPU time | peak memory | wall time, {against} = 1 | runs |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, runs in results.items():
        wall, cpu, peak = (median(runs, field) for field in Run._fields)
        ratio = wall / median(results[against], "wall")
        lines.append(
            f"| {name} | {seconds(wall)} | {seconds(cpu)} | {mebibytes(peak)} | {ratio:.2f} | {len(runs)} |"
        )
    return "\n".join(lines)


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def seconds(value):
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def mebibytes(value):
    return f"{value / 2**20:,.1f} MiB" if value >= 2**20 else f"{value / 2**10:,.1f} KiB"
