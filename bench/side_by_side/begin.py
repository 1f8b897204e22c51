"""From the start of a Seawall to its first answer to a call, on a long journal."""

import contextlib
import json
import time
import urllib.request
from collections import namedtuple

from . import subjects
from .ledger import printed
from .processes import PATIENCE, listening

NAME = "begin"

# Seconds: reading the whole journal, and from the snapshot that a Seawall keeps when it is stopped and as it goes.
Begin = namedtuple("Begin", "entries whole snapshot")


def measure(binaries, folder, entries):
    with contextlib.ExitStack() as stack:
        provider, _pid = listening([binaries / "bench-provider"], "begin-provider", folder, stack)
        with contextlib.ExitStack() as first:
            target, _pid, admin = subjects.served(NAME, provider, binaries, folder, first)
            key = subjects.project_key(target, admin)
        command = [binaries / "bench-store", "--file", folder / f"{NAME}.db", "fill", "--entries", entries]
        made = int(printed(command, PATIENCE))
        # The first start finds the snapshot from before the entries were made; it keeps a new one when it is stopped.
        whole = first_answer(provider, binaries, folder, key)
        snapshot = first_answer(provider, binaries, folder, key)
    return Begin(made, whole, snapshot)


def first_answer(provider, binaries, folder, key):
    begin = time.monotonic()
    with contextlib.ExitStack() as stack:
        target, _pid, _admin = subjects.served(NAME, provider, binaries, folder, stack)
        body = {"model": "gpt-5-mini", "max_completion_tokens": 64, "messages": [{"role": "user", "content": "first?"}]}
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        url = f"http://{target}/v1/chat/completions"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            answer.read()
        return time.monotonic() - begin
