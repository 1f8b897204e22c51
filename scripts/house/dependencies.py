"""Every dependency has one version, declared once, and a written reason in docs/dependencies.md."""

import re
import tomllib

DOCUMENT = "docs/dependencies.md"
ROW = re.compile(r"^\| `([A-Za-z0-9_-]+)` \|\s*(.*?)\s*\|", re.MULTILINE)


def findings(project):
    used = {d["name"] for package in project.packages for d in package["dependencies"] if d["source"]}
    root = tomllib.loads(project.texts["Cargo.toml"])["workspace"]["dependencies"]
    declared = {name for name, entry in root.items() if not (isinstance(entry, dict) and "path" in entry)}
    found = compare(used, declared, dict(ROW.findall(project.texts.get(DOCUMENT, ""))))
    for path, text in project.texts.items():
        if path.endswith("/Cargo.toml"):
            found += versions(path, tomllib.loads(text))
    return found


def compare(used, declared, reasons):
    """`used` by a crate, `declared` in the root, `reasons` written: the same names, and no reason empty."""
    found = [f"{name}: declared in the root Cargo.toml, used by no crate" for name in sorted(declared - used)]
    found += [f"{name}: no row in {DOCUMENT}" for name in sorted(used - set(reasons))]
    found += [f"{name}: a row in {DOCUMENT}, but no crate uses it" for name in sorted(set(reasons) - used - declared)]
    found += [f"{name}: the reason in {DOCUMENT} is empty" for name, reason in reasons.items() if not reason]
    return found


def versions(path, manifest):
    """A crate takes its dependencies from the workspace or from a folder, so that there is one version of each."""
    found = []
    for table in ("dependencies", "dev-dependencies", "build-dependencies"):
        for name, entry in manifest.get(table, {}).items():
            if not isinstance(entry, dict) or not (entry.get("workspace") or "path" in entry):
                found.append(f"{path}: {name} without `workspace = true`; the root Cargo.toml holds the versions")
    return found
