"""How much memory a Seawall uses: idle, per stream that is open, per organization that is in memory."""

import contextlib
import json
import os
import subprocess
import time
from collections import namedtuple

from . import machine, subjects
from .ledger import printed
from .processes import listening

# How long each slow stream stands open, in milliseconds.
PAUSE = 4000
# What is sampled every so many seconds.
EVERY = 0.05

# idle: MiB. stream, organization: KiB of each.
Memory = namedtuple("Memory", "idle stream organization")


def measure(binaries, folder, streams, organizations):
    # A file of its own for each, so that none starts with what another left in memory.
    with contextlib.ExitStack() as stack:
        provider, _pid = listening([binaries / "bench-provider"], "memory-provider", folder, stack)
        _target, pid, _key = subjects.served("memory-idle", provider, binaries, folder, stack)
        idle = resident(pid)
    with contextlib.ExitStack() as stack:
        stream = of_streams(binaries, folder, stack, streams)
    file = folder / "memory-organizations.db"
    printed([binaries / "bench-store", "--file", file, "organizations", "--count", organizations], 0)
    with contextlib.ExitStack() as stack:
        # It reads every Book before it serves.
        _target, pid, _key = subjects.served("memory-organizations", provider, binaries, folder, stack)
        organization = (resident(pid) - idle) / organizations
    return Memory(idle / 1024, stream, organization)


def of_streams(binaries, folder, stack, streams):
    """KiB of one stream: the most that was resident while all stood open, less what was before the first."""
    slow = [binaries / "bench-provider", "--pause", PAUSE]
    provider, _pid = listening(slow, "memory-slow", folder, stack)
    target, pid, key = subjects.served("memory-streams", provider, binaries, folder, stack)
    environment = {**os.environ, "BENCH_KEY": subjects.project_key(target, key)}
    before = resident(pid)
    command = [binaries / "bench-load", "--target", target, "--shape", "stream", "--seconds", "1"]
    command += ["--connections", str(streams)]
    load = subprocess.Popen([str(word) for word in command], env=environment, stdout=subprocess.PIPE)
    most = before
    try:
        while load.poll() is None:
            most = max(most, resident(pid))
            time.sleep(EVERY)
    finally:
        load.kill()
    report = json.loads(load.stdout.read())
    load.stdout.close()
    if report["calls"] < streams or report["errors"]:
        raise SystemExit(f"not every stream was whole: {report}")
    return (most - before) / streams


def resident(pid):
    """KiB of memory that a process has."""
    return machine.status(pid, "VmRSS")
