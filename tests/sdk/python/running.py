"""A gateway in front of the simulated provider, as users run them: two processes, a configuration file, a database.

Everything lives in a temporary folder and ends with the tests. Nothing waits for a time: each process says on stderr
where it listens, and that is the sign that it is ready.
"""

import json
import os
import secrets
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

READY = "listening on http://"
PATIENCE = 30
ROOT = Path(__file__).resolve().parents[3]


class Process:
    """A program that says where it listens. Its stderr is kept, for when something goes wrong."""

    def __init__(self, *arguments, **environment):
        program = os.environ.get("SEAWALL_BIN", ROOT / "target" / "debug" / "seawall")
        self.said = []
        self.address = None
        self.process = subprocess.Popen(
            [program, *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.settled = threading.Event()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.settled.wait(PATIENCE)
        if not self.address:
            self.process.kill()
            raise AssertionError(f"seawall {' '.join(arguments)} is not ready:\n{''.join(self.said)}")

    def read(self):
        for line in self.process.stderr:
            self.said.append(line)
            if READY in line and not self.address:
                self.address = line.partition(READY)[2].split()[0].rstrip("/")
                self.settled.set()
        self.settled.set()

    def stop(self):
        """Asks the program to end; answers its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.reader.join(PATIENCE)
        self.process.stderr.close()
        return code


class Gateway:
    """The two processes and our own API, spoken as an administrator speaks it. Another provider than the simulated one is
    given by its address; then the gateway is the only process."""

    def __init__(self, provider=None, kind="openai"):
        self.folder = tempfile.TemporaryDirectory(prefix="seawall-sdk-")
        self.admin_key = secrets.token_hex(24)
        self.sim = None if provider else Process("sim", "--listen", "127.0.0.1:0")
        provider = provider or self.sim.address
        config = Path(self.folder.name) / "seawall.toml"
        config.write_text(
            f"""[server]
listen = "127.0.0.1:0"
[store]
url = "sqlite:{self.folder.name}/seawall.db"
[[upstream]]
name = "sim"
kind = "{kind}"
base_url = "http://{provider}/v1"
api_key = "env:SIM_KEY"
"""
        )
        self.process = Process(
            "serve", "--config", str(config), SEAWALL_ADMIN_KEY=self.admin_key, SIM_KEY="sk-simulated-provider"
        )
        self.address = self.process.address

    def stop(self):
        codes = [process.stop() for process in (self.process, self.sim) if process]
        self.folder.cleanup()
        if any(codes):
            raise AssertionError(f"gateway and provider ended with {codes}:\n{''.join(self.process.said)}")

    def call(self, method, path, body=None):
        """One call of our API; answers the JSON, or None where there is none."""
        headers = {"authorization": f"Bearer {self.admin_key}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        url = f"http://{self.address}/api/v1/{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(text) if text else None

    def billed(self):
        """What the provider would bill, by its own arithmetic."""
        with urllib.request.urlopen(f"http://{self.sim.address}/sim/billed", timeout=PATIENCE) as answer:
            return json.load(answer)

    def tenant(self, credit_usd="5.00", hard_limit_usd=None):
        """An organization with a project and a key: credit unless None, a hard limit on the project if given."""
        organization = self.call("POST", "organizations", {"name": "acme"})["id"]
        if credit_usd:
            credit = {"amount_usd": credit_usd, "kind": "purchase", "note": "for the test"}
            self.call("POST", f"organizations/{organization}/credits", credit)
        project = self.call("POST", f"organizations/{organization}/projects", {"name": "image-bot"})["id"]
        if hard_limit_usd:
            limit = {
                "scope": {"kind": "project", "id": project},
                "amount_usd": hard_limit_usd,
                "measure": "usd",
                "window": {"kind": "month"},
                "mode": "enforce",
            }
            self.call("POST", "limits", limit)
        key = self.call("POST", f"projects/{project}/keys", {"name": "bot"})
        return Tenant(self, organization, project, key["id"], key["secret"])


class Tenant:
    """Who makes the calls."""

    def __init__(self, gateway, organization, project, key, secret):
        self.gateway = gateway
        self.organization = organization
        self.project = project
        self.key = key
        self.secret = secret

    def balance(self):
        return self.gateway.call("GET", f"organizations/{self.organization}/balance")

    def settled_balance(self):
        """The balance once nothing is held. The SDK leaves a stream at its `[DONE]`, which may be before the hold of
        that stream was settled, so this asks again for as long as something is held."""
        deadline = time.monotonic() + PATIENCE
        while Decimal((balance := self.balance())["held_usd"]) != 0:
            if time.monotonic() > deadline:
                raise AssertionError(f"still held after {PATIENCE} s: {balance}")
        return balance
