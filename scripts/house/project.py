"""What the checks look at: the project's files and what cargo says about its crates."""

import functools
import json
import subprocess


class Project:
    """A folder under version control. Files that git ignores are no part of it; files not yet added are."""

    def __init__(self, root):
        self.root = root

    @functools.cached_property
    def texts(self):
        """Path (from the root) to text, for every file that is text."""
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=self.root, check=True, stdout=subprocess.PIPE).stdout.decode()
        texts = {}
        for path in sorted(set(filter(None, listed.split("\0")))):
            try:
                texts[path] = (self.root / path).read_text(encoding="utf-8")
            except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
                continue
        return texts

    @functools.cached_property
    def packages(self):
        """The workspace's packages, as `cargo metadata` describes them."""
        command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
        told = subprocess.run(command, cwd=self.root, check=True, stdout=subprocess.PIPE).stdout
        return json.loads(told)["packages"]
