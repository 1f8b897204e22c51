"""Starts programs, waits until they serve, and stops each by its own process id."""

import os
import socket
import subprocess
import threading

READY = "listening on http://"
PATIENCE = 30


def free_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % free.getsockname()[1]


def listening(command, name, folder, stack, environment=None):
    """Starts a program that says on stderr where it listens; answers the address and the process id."""
    log = folder / f"{name}.log"
    process = spawn(command, log, stack, environment, stderr=subprocess.PIPE)
    found = []
    ready = threading.Event()

    def read():
        with open(log, "a", encoding="utf-8") as file:
            for line in process.stderr:
                file.write(line)
                if READY in line and not found:
                    found.append(line.partition(READY)[2].split()[0].rstrip("/"))
                    ready.set()
        ready.set()

    threading.Thread(target=read, daemon=True).start()
    ready.wait(PATIENCE)
    if not found:
        raise SystemExit(f"{name} did not say where it listens:\n{log.read_text()}")
    return found[0], process.pid


def spawn(command, log, stack, environment=None, stderr=None):
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [str(word) for word in command],
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=stderr or file,
            text=True,
        )
    stack.callback(stop, process)
    return process


def stop(process):
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
