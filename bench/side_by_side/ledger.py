"""What the ledger and its store do without a gateway: decisions, holds, and the one-row update they stand in for."""

import subprocess
import sys
from collections import namedtuple
from statistics import median

PATIENCE = 60

# Each is per second; `update_batched` puts as many updates in one transaction as there are callers of holds.
Ledger = namedtuple("Ledger", "decisions holds update update_batched")


def measure(binaries, folder, rounds, seconds):
    """Medians of interleaved runs, each on a file of its own."""
    seen = {"holds": [], "update": [], "batched": []}
    for number in range(rounds):
        runs = [("holds", ["holds"]), ("update", ["update"]), ("batched", ["update", "--in-one", "256"])]
        for name, task in runs if number % 2 == 0 else reversed(runs):
            file = folder / f"ledger-{name}-{number}.db"
            command = [binaries / "bench-store", "--file", file, *task, "--seconds", seconds]
            seen[name].append(int(printed(command, seconds)))
            print(f"round {number + 1}  {name:<8} {seen[name][-1]:>8} /s", file=sys.stderr, flush=True)
    found = {name: median(values) for name, values in seen.items()}
    return Ledger(decisions(binaries), found["holds"], found["update"], found["batched"])


def decisions(binaries):
    """Commands decided and applied a second, with ten hard limits: the median of three runs of the example `speed`."""
    found = []
    for _ in range(3):
        lines = printed([binaries / "examples" / "speed"], 0).splitlines()
        found.append(next(int(line.split()[1]) for line in lines[1:] if line.split()[0] == "10"))
    return median(found)


def printed(command, seconds):
    done = subprocess.run(
        [str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True, timeout=seconds + PATIENCE
    )
    return done.stdout
