"""Nothing names a folder or a package mirror of one particular machine."""

import json
import re

# The brackets keep this file from finding itself.
MACHINE = re.compile(r"(?<![\w.~}/-])/(?:w[o]rk|r[o][o]t|h[o]me|Use[r]s)/")
PUBLIC_REGISTRY = "https://registry.npmjs.org/"


def findings(project):
    found = []
    for path, text in project.texts.items():
        if path.endswith("package-lock.json"):
            found += mirrors(path, json.loads(text))
        elif not path.endswith(".lock"):
            found += folders(path, text)
    return found


def folders(path, text):
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        hit = MACHINE.search(line)
        if hit:
            found.append(f"{path}:{number}: {hit.group()} is a folder of one machine")
    return found


def mirrors(path, lock):
    found = []
    for name, package in lock.get("packages", {}).items():
        source = package.get("resolved", PUBLIC_REGISTRY)
        if not source.startswith(PUBLIC_REGISTRY):
            found.append(f"{path}: {name or 'the package'} comes from {source}")
    return found
