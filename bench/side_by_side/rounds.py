"""Sends the load to one subject after the other, round by round."""

import json
import os
import subprocess
import sys
from collections import namedtuple

from . import machine

# How long a run may take beyond its seconds before something is broken.
GRACE = 60

Result = namedtuple(
    "Result",
    "subject shape connections calls calls_per_second p50_us p99_us cpu_us_per_call errors first_error memory_mib",
)


def measure(running, plan, rounds, seconds, load, rate=None):
    """One result per subject, shape, number of connections and round."""
    results = []
    for shape, connections in plan:
        for subject in running:
            one(subject, shape, connections, 1, load, rate)
        for number in range(rounds):
            # Every other round goes backwards, so that no subject is always the one after another.
            for subject in running if number % 2 == 0 else reversed(running):
                result = one(subject, shape, connections, seconds, load, rate)
                progress(number, result)
                results.append(result)
    return results


def one(subject, shape, connections, seconds, load, rate=None):
    """One run. At a rate, calls are due at even distances; else each connection asks again when it was answered."""
    before = machine.cpu_seconds(subject.pids)
    command = [load, "--target", subject.target, "--shape", shape]
    command += ["--connections", str(connections), "--seconds", str(seconds)]
    if rate:
        command += ["--rate", rate]
    # It writes every answer anew, so only the status can be checked.
    if subject.name == "litellm":
        command += ["--any-body"]
    environment = {**os.environ, "BENCH_KEY": subject.key}
    done = subprocess.run(
        [str(word) for word in command],
        env=environment,
        stdout=subprocess.PIPE,
        timeout=seconds + GRACE,
        check=False,
    )
    report = json.loads(done.stdout)
    if not report["calls"]:
        raise SystemExit(f"{subject.name}: no call was answered rightly: {report['first_error']}")
    used = machine.cpu_seconds(subject.pids) - before
    return Result(
        subject.name,
        shape,
        connections,
        report["calls"],
        report["calls_per_second"],
        report["p50_us"],
        report["p99_us"],
        used * 1e6 / report["calls"],
        report["errors"],
        report["first_error"],
        machine.peak_memory(subject.pids),
    )


def progress(number, result):
    wrong = f", {result.errors} errors: {result.first_error}" if result.errors else ""
    print(
        f"round {number + 1}  {result.subject:<16} {result.shape:<6} x{result.connections:<4}"
        f" {result.calls_per_second:>8} calls/s{wrong}",
        file=sys.stderr,
        flush=True,
    )
