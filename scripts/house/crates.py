"""Crates use only the crates below them, and pure crates touch nothing but their arguments.

The picture is the table of rooms in ARCHITECTURE.md: arrows only downwards, and a pure crate may be used from
anywhere above it.
"""

import re

# Crate to the crates it may use by name; the pure ones further down come with them.
ARROWS = {
    "money": [],
    "ids": [],
    "metrics": ["money"],
    "catalog": ["money"],
    "ledger": ["money", "ids"],
    "wire": ["catalog"],
    "diagnosis": [],
    "doctor": ["wire", "diagnosis"],
    "reconcile": ["money", "ids"],
    "journal": ["ledger"],
    "teller": ["journal"],
    "projections": ["journal"],
    "audit": ["journal", "projections"],
    "upstream": ["diagnosis"],
    "accounts": ["upstream", "journal"],
    "gateway": ["accounts", "teller", "projections", "upstream", "catalog", "wire", "diagnosis", "metrics"],
    "control": ["accounts", "upstream", "alerts", "teller", "projections", "journal", "catalog", "reconcile"],
    "alerts": ["teller", "projections", "journal"],
    "sim": [],
    "bench": ["teller", "journal"],
}
# These may use every crate above.
EVERYTHING = ["seawall", "simtest"]

PURE = ["money", "ids", "catalog", "ledger", "wire", "diagnosis", "doctor", "reconcile"]
# In tests a crate may also talk to the simulated provider.
ALSO_IN_TESTS = ["sim"]
# What is diagnosed in tests are bodies as they came, and this reads them. Accounts that are probed in tests are kept in the
# store in memory.
OF_ONE_IN_TESTS = {"diagnosis": ["wire"], "gateway": ["journal"]}

# What would give a pure crate a clock, a socket, a file, a thread or dice.
IMPURE = ["axum", "fastrand", "getrandom", "hyper", "hyper-util", "rand", "reqwest", "rusqlite", "tokio", "tokio-util"]
IMPURE_CODE = re.compile(r"\bstd::(env|fs|net|process|thread)\b|\b(SystemTime|Instant)::now\b")


def findings(project):
    own = {package["name"] for package in project.packages}
    found = []
    for package in project.packages:
        found += of_package(package, own)
    for path, text in project.texts.items():
        parts = path.split("/")
        if parts[0] == "crates" and parts[1] in PURE and path.endswith(".rs"):
            found += of_source(path, text)
    return found


def of_package(package, own):
    name = package["name"]
    if name not in ARROWS and name not in EVERYTHING:
        return [f"{name}: a new room needs a place in scripts/house/crates.py and in ARCHITECTURE.md"]
    allowed = reach(name)
    found = []
    for dependency in package["dependencies"]:
        used = dependency["name"]
        in_tests = dependency["kind"] == "dev"
        # A crate may turn on a feature of its own for its tests.
        if used in own and used != name and name not in EVERYTHING:
            also = ALSO_IN_TESTS + OF_ONE_IN_TESTS.get(name, [])
            if used not in allowed and not (in_tests and used in also):
                found.append(f"{name} may not use {used}: the arrows are in scripts/house/crates.py")
        if name in PURE and used in IMPURE and not in_tests:
            found.append(f"{name} is pure and may not use {used}: let the caller pass in what it needs")
    return found


def reach(name):
    """The crates that the arrows allow: those named, and the pure ones below them."""
    allowed = set(ARROWS.get(name, []))
    todo = list(allowed)
    while todo:
        for below in ARROWS[todo.pop()]:
            todo.append(below)
            if below in PURE:
                allowed.add(below)
    return allowed


def of_source(path, text):
    if "/tests/" in path or "/examples/" in path or path.endswith("/tests.rs"):
        return []
    code = text.split("#[cfg(test)]")[0]
    found = []
    for number, line in enumerate(code.splitlines(), 1):
        hit = IMPURE_CODE.search(line.split("//")[0])
        if hit:
            found.append(f"{path}:{number}: {hit.group()} in a pure crate")
    return found
