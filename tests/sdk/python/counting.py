"""A proxy that passes every request on and counts it: an SDK that retries a refusal in secret shows here."""

import contextlib
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle(self):
        # The SDK leaves a stream at its `[DONE]`, before the last bytes of the body.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_POST(self):
        self.server.requests.append((self.command, self.path))
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        behind = http.client.HTTPConnection(self.server.target, timeout=60)
        try:
            behind.request(self.command, self.path, body, headers)
            self.pass_back(behind.getresponse())
        finally:
            behind.close()

    do_GET = do_POST

    def pass_back(self, answer):
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP and name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        # read1 gives what has arrived, so a stream stays a stream.
        while piece := answer.read1(65536):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


class CountingProxy:
    """Listens on a free port and passes on to `target` (address and port)."""

    def __init__(self, target):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.target = target
        self.server.requests = []
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def host(self):
        return "127.0.0.1:%d" % self.server.server_port

    @property
    def base_url(self):
        return f"http://{self.host}/v1"

    @property
    def requests(self):
        return self.server.requests

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
