"""No file is a drawer: no mod.rs, and no utils, common, types, manager or helper."""

from pathlib import PurePosixPath

DRAWERS = {"common", "helper", "helpers", "manager", "managers", "misc", "types", "util", "utils"}


def findings(project):
    return of_paths(project.texts)


def of_paths(paths):
    found = []
    for path in paths:
        path = PurePosixPath(path)
        if path.name == "mod.rs":
            found.append(f"{path}: write {path.parent}.rs beside the folder instead")
        for word in [*path.parts[:-1], path.stem]:
            if word.lower() in DRAWERS:
                found.append(f"{path}: `{word}` says nothing; name what lives there")
    return found
