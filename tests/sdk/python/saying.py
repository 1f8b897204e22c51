"""A provider that answers every call with one error, byte for byte, and counts the calls. The errors are those that
`diagnosis` is tested with: what was seen of providers, with what it means behind `=>`."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from running import ROOT

BODIES = ROOT / "crates" / "diagnosis" / "tests" / "bodies"
# What is an error, and no refusal: it is passed on as it came, and whoever knows when to ask again decides.
NO_REFUSALS = {"server_failure", "context_too_long", "malformed_request", "unknown"}


class Case:
    """An error: what the provider sends, and what that means."""

    def __init__(self, text):
        title, rest = text.split("\n", 1)
        self.name, self.provider, self.endpoint = title.split(" | ")
        head, rest = rest.split("\n\n", 1)
        self.body, expected = rest.split("\n=> ", 1)
        status, *headers = head.split("\n")
        self.status = int(status)
        self.headers = [line.split(": ", 1) for line in headers]
        self.cause, _, _, _, retry = expected.split("\n", 1)[0].split(" | ")
        self.retry, _, wait = retry.partition(" ")
        self.waits_long = self.retry == "after" and seconds(wait) > 60

    @property
    def is_final(self):
        """Whether asking again by itself is of no use to a program."""
        return self.cause not in NO_REFUSALS and (self.retry != "after" or self.waits_long)


def seconds(wait):
    """`6ms`, `11.054s`, or nothing."""
    if wait.endswith("ms"):
        return float(wait[:-2]) / 1000
    return float(wait[:-1]) if wait.endswith("s") else 0.0


def cases(file, provider):
    """Those of a file that are of this provider."""
    texts = (BODIES / file).read_text().split("### ")[1:]
    return [case for case in map(Case, texts) if case.provider == provider]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.calls += 1
        case = self.server.case
        streams = case.status == 200
        data = case.body.encode()
        if streams:
            data = b"data: " + data + b"\n\n"
        self.send_response_only(case.status)
        self.send_header("content-type", "text/event-stream" if streams else "application/json")
        for name, value in case.headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class SayingProvider:
    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.calls = 0
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def address(self):
        return "127.0.0.1:%d" % self.server.server_port

    def say(self, case):
        """From now on this; the count begins anew."""
        self.server.case = case
        self.server.calls = 0

    @property
    def calls(self):
        return self.server.calls

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
