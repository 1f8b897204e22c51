"""The reader's shell, which keeps its folder and its variables from command to command."""

import os
import signal
import subprocess
import threading

PATIENCE = 60
MARK = "seawall reader: end of command"


class Shell:
    """The reader's shell: it keeps its variables from block to block."""

    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment
        self.process = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Its own group, so that what a command started ends with it.
            start_new_session=True,
        )
        self.watch = threading.Timer(PATIENCE * 2, os.killpg, [self.process.pid, signal.SIGKILL])
        self.watch.start()

    def run(self, text):
        """Pastes the text; answers what was printed and the exit code of the last command."""
        # The mark gets a line of its own, even after a command whose output does not end with one, and leaves the exit
        # code as it was for whoever asks the shell for it next.
        self.process.stdin.write(f"{text}\n__code=$?; printf '\\n{MARK} %d\\n' $__code; (exit $__code)\n")
        self.process.stdin.flush()
        said = []
        for line in self.process.stdout:
            if line.startswith(MARK):
                return "".join(said), int(line.split()[-1])
            said.append(line)
        raise AssertionError(f"the shell ended within a block:\n{''.join(said)}")

    def variables(self):
        """What the reader exported, for a program in a second terminal."""
        text, _ = self.run("env -0 | tr '\\0' '\\1'")
        pairs = (entry.partition("=") for entry in text.strip().split("\1") if "=" in entry)
        return {name: value for name, _, value in pairs}

    def stop(self):
        self.watch.cancel()
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()
