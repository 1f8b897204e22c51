"""Starts the provider and the proxies in front of it."""

import json
import os
import shutil
import time
import urllib.error
import urllib.request
from collections import namedtuple
from pathlib import Path
from string import Template

from . import litellm, machine
from .processes import PATIENCE, free_address, listening, spawn

NAMES = ("direct", "nginx", "hyper", "seawall-full", "seawall-relaxed", "seawall-forgetful", "litellm")
# What Seawall's store is told. The forgetful one remembers nothing beside it, which shows what remembering costs.
MODES = {
    "full": 'durability = "full"',
    "relaxed": 'durability = "relaxed"',
    "forgetful": 'remember_bytes = "0B"',
}
# target: address and port; key: what the calls carry; pids: whose processor time is counted.
Subject = namedtuple("Subject", "name target key pids")


def start(names, binaries, folder, stack):
    """Starts the provider and the named proxies; they end with the stack."""
    provider, provider_pid = listening([binaries / "bench-provider"], "provider", folder, stack)
    through = [binaries / "bench-through", "--provider", provider]
    makers = {
        "direct": lambda name: Subject(name, provider, "sk-bench", [provider_pid]),
        "nginx": lambda name: nginx(name, provider, folder, stack),
        "hyper": lambda name: plain(name, listening(through, name, folder, stack)),
        "litellm": lambda name: plain(name, litellm.start(provider, folder, stack)),
        "seawall-full": lambda name: seawall(name, provider, binaries, folder, stack),
        "seawall-relaxed": lambda name: seawall(name, provider, binaries, folder, stack),
        "seawall-forgetful": lambda name: seawall(name, provider, binaries, folder, stack),
    }
    return [makers[name](name) for name in names]


def plain(name, target_and_pid):
    target, pid = target_and_pid
    return Subject(name, target, "sk-bench", [pid])


def nginx(name, provider, folder, stack):
    prefix = folder / name
    prefix.mkdir()
    target = free_address()
    template = Template((Path(__file__).parent.parent / "nginx.conf.template").read_text())
    # Started by root, the worker would become another user, who may not enter the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    config = prefix / "nginx.conf"
    config.write_text(template.substitute(prefix=prefix, provider=provider, listen=target, user=user))
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    process = spawn([program, "-p", prefix, "-c", config], folder / f"{name}.log", stack)
    deadline = time.monotonic() + PATIENCE
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"nginx did not start:\n{(folder / f'{name}.log').read_text()}")
        try:
            # A whole call: the socket accepts before the worker, whose processor time counts, is there.
            urllib.request.urlopen(f"http://{target}/", timeout=PATIENCE).close()
            break
        except urllib.error.URLError:
            time.sleep(0.02)
    return Subject(name, target, "sk-bench", machine.family(process.pid))


def seawall(name, provider, binaries, folder, stack):
    target, pid, admin_key = served(name, provider, binaries, folder, stack, MODES[name.partition("-")[2]])
    return Subject(name, target, project_key(target, admin_key), [pid])


def served(name, provider, binaries, folder, stack, mode=MODES["full"]):
    """Starts Seawall on the file `name`.db, new or not; answers address, process id and admin key."""
    admin_key = "bench-" + name.ljust(32, "-")
    config = folder / f"{name}.toml"
    config.write_text(
        f"""[server]
listen = "127.0.0.1:0"
[store]
url = "sqlite:{folder / name}.db"
{mode}
[[upstream]]
name = "bench"
kind = "openai"
base_url = "http://{provider}/v1"
api_key = "env:BENCH_PROVIDER_KEY"
"""
    )
    environment = {"SEAWALL_ADMIN_KEY": admin_key, "BENCH_PROVIDER_KEY": "sk-bench-provider"}
    command = [binaries / "seawall", "serve", "--config", config]
    target, pid = listening(command, name, folder, stack, environment)
    return target, pid, admin_key


def project_key(target, admin_key):
    """Makes an organization with more credit than a run can spend, and a key of a project with a hard limit."""

    def post(path, body):
        headers = {"authorization": f"Bearer {admin_key}", "content-type": "application/json"}
        url = f"http://{target}/api/v1/{path}"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    organization = post("organizations", {"name": "bench"})["id"]
    credit = {"amount_usd": "1000000.00", "kind": "grant", "note": "for the measurement"}
    post(f"organizations/{organization}/credits", credit)
    project = post(f"organizations/{organization}/projects", {"name": "bench"})["id"]
    scope = {"kind": "project", "id": project}
    post("limits", {"scope": scope, "amount_usd": "900000.00", "measure": "usd", "window": {"kind": "month"}, "mode": "enforce"})
    return post(f"projects/{project}/keys", {"name": "bench"})["secret"]
