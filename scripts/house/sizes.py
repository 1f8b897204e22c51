"""Files stay short: at most 500 lines, but for those in scripts/large-files.txt, a list that may only shrink."""

from pathlib import PurePosixPath

AT_MOST = 500
LIST = "scripts/large-files.txt"
CODE = {".css", ".js", ".mjs", ".py", ".rs", ".sh", ".sql", ".ts", ".tsx"}
# Lower this whenever a file leaves the list.
AT_MOST_LISTED = 0


def findings(project):
    counts = {path: text.count("\n") for path, text in project.texts.items() if is_code(path, text)}
    return compare(counts, read_list(project.texts.get(LIST, "")), AT_MOST_LISTED)


def is_code(path, text):
    return PurePosixPath(path).suffix in CODE or text.startswith("#!")


def read_list(text):
    """Path to the lines it may have: one `LINES PATH` per line, `#` begins a comment."""
    rows = (line.split("#")[0].split() for line in text.splitlines())
    return {path: int(lines) for lines, path in (row for row in rows if row)}


def compare(counts, listed, at_most_listed):
    found = []
    for path, lines in counts.items():
        if lines > AT_MOST and path not in listed:
            found.append(f"{path}: {lines} lines; it holds more than one concern")
    for path, ceiling in listed.items():
        lines = counts.get(path, 0)
        if lines > ceiling:
            found.append(f"{path}: {lines} lines, and {LIST} allows {ceiling}")
        if lines <= AT_MOST:
            found.append(f"{path}: short enough now; strike it from {LIST} and lower AT_MOST_LISTED")
    if len(listed) > at_most_listed:
        found.append(f"{LIST} has {len(listed)} files where {at_most_listed} were; it may only shrink")
    return found
