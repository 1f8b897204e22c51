"""LiteLLM's proxy with a budget on, as the rival that most people know.

Its budgets of keys and teams need a PostgreSQL database, so they are not measured here. What it can stop without one is
a provider's spend, counted in the memory of the process: that budget is on. It is neither durable nor a hold, so what is
measured is less than what Seawall does.
"""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .processes import free_address, spawn

FOLDER = Path(__file__).resolve().parent.parent.parent / ".dev" / "litellm"
PROGRAM = FOLDER / "bin" / "litellm"
# It imports for a long time.
PATIENCE = 90
# How long installing it may take.
INSTALL = 300


def available():
    """Installs it where it is missing; says whether it is there, and else why not."""
    if PROGRAM.exists():
        return None
    pip = [FOLDER / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "litellm[proxy]"]
    try:
        subprocess.run(["python3", "-m", "venv", FOLDER], check=True, timeout=INSTALL)
        subprocess.run(pip, check=True, timeout=INSTALL)
    except (OSError, subprocess.SubprocessError) as error:
        return f"LiteLLM could not be installed within {INSTALL} s: {error}"
    return None if PROGRAM.exists() else "pip installed LiteLLM without its proxy"


def version():
    name = next(FOLDER.glob("lib/python*/site-packages/litellm-*.dist-info"), None)
    return name.name.removeprefix("litellm-").removesuffix(".dist-info") if name else "of unknown version"


def start(provider, folder, stack):
    """Answers address and process id once a whole call was answered."""
    model = {"model": "openai/gpt-5-mini", "api_base": f"http://{provider}/v1", "api_key": "sk-bench-provider"}
    budget = {"openai": {"budget_limit": 1_000_000, "time_period": "1d"}}
    config = {
        "model_list": [{"model_name": "gpt-5-mini", "litellm_params": model}],
        "router_settings": {"provider_budget_config": budget},
        "general_settings": {"master_key": "sk-bench"},
    }
    # JSON is YAML, too.
    file = folder / "litellm.yaml"
    file.write_text(json.dumps(config))
    target = free_address()
    host, _, port = target.partition(":")
    # No map of prices from the network: nothing leaves this machine.
    environment = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    path = f"{FOLDER / 'bin'}:{os.environ['PATH']}"
    command = [PROGRAM, "--config", file, "--host", host, "--port", port, "--telemetry", "False"]
    log = folder / "litellm.log"
    process = spawn(command, log, stack, {**environment, "PATH": path})
    deadline = time.monotonic() + PATIENCE
    while not answers(target):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"LiteLLM did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)
    return target, process.pid


def answers(target):
    body = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "ready?"}]}
    headers = {"authorization": "Bearer sk-bench", "content-type": "application/json"}
    request = urllib.request.Request(f"http://{target}/v1/chat/completions", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
