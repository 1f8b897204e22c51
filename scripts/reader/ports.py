"""Free ports in the place of those a page names, so that its commands run beside a gateway that is already there."""

import re
import socket

PORT = re.compile(r"127\.0\.0\.1:(\d+)")


class Ports:
    """A free port for every one that the README names, the same each time."""

    def __init__(self):
        self.free = {}

    def replace(self, text):
        return PORT.sub(lambda found: f"127.0.0.1:{self.instead_of(found[1])}", text)

    def instead_of(self, port):
        if port not in self.free:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.free[port] = free.getsockname()[1]
        return self.free[port]

    def restore(self, text):
        """The text as the page would have it: with its own ports again."""
        back = {str(free): port for port, free in self.free.items()}
        return re.sub(r"(?<=127\.0\.0\.1:)\d+", lambda found: back.get(found[0], found[0]), text)
