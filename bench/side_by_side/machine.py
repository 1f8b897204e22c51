"""What the machine is, and what a process used of it. Reads /proc; Linux only."""

import json
import os
import platform
import statistics
import subprocess
import time
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
SYNCS = 200


def target_folder(root):
    """The folder that cargo builds into, wherever the environment put it."""
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    told = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout
    return Path(json.loads(told)["target_directory"])


def sync_latency(folder):
    """The median time of appending 4 KiB and an fsync, in microseconds."""
    times = []
    with open(folder / "sync", "wb") as file:
        for _ in range(SYNCS):
            begin = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1e6


def family(pid):
    """A process and its children, such as nginx and its worker."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def cpu_seconds(pids):
    """Processor time, user and system, that the processes used so far."""
    ticks = 0
    for pid in pids:
        # The name in brackets may hold anything, even a bracket; what follows the last one is numbers.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_SECOND


def peak_memory(pids):
    """The most memory the processes held at once, in MiB, added up."""
    return sum(status(pid, "VmHWM") for pid in pids) / 1024


def status(pid, field):
    """A number that the kernel keeps of a process, in KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise SystemExit(f"process {pid} has no {field}")


def facts(sync):
    """One line about the machine."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores ({model}), Linux {platform.release()}, append + fsync of 4 KiB {sync:.0f} µs"
