"""A program that stays, in a second terminal: what it prints, when it is ready, and its end."""

import os
import signal
import subprocess
import threading

PATIENCE = 60


class Background:
    """A program that stays, with what it prints."""

    def __init__(self, text, folder, environment):
        self.said = []
        self.ended = False
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            ["bash", "-c", text],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Its own group, so that what the command started ends with it.
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.said.append(line)
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def printed(self):
        return "".join(self.said)

    def wait(self, seconds, ready):
        """Waits until what it printed is `ready`, at most so many seconds."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or ready(self.printed()), seconds)
        if not ready(self.printed()):
            self.stop()
            raise AssertionError(f"it is not ready; it printed:\n{self.printed()}")

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.reader.join(PATIENCE)
        self.process.stdout.close()
