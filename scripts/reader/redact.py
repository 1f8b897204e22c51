"""What differs from run to run, put out of the way: two texts are the same when they are the same without it.

The pages show what was really printed once. Ids, keys, times, durations and the width of columns are no part of the claim;
amounts, names, codes and words are.
"""

import re

MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
RULES = [
    (re.compile(r"\bsk-sw-(admin-)?[0-9a-z-]*[0-9a-z…]"), r"sk-sw-\1…"),
    (re.compile(r"\b(org|proj|key|lot|lim|bud|req)_(?:[0-9a-f]{32}|[0-9a-z]{26}|…)"), r"\1_…"),
    (re.compile(r"\bchatcmpl-[0-9a-f]{32}"), "chatcmpl-…"),
    (re.compile(r"(?<=\(…)[0-9a-z]{4}(?=\))"), "…"),
    (re.compile(r"^(hint +)[0-9a-z]{4}$", re.MULTILINE), r"\1…"),
    (re.compile(r"\b[0-9a-z]{4}(?= +(?:active|frozen|revoked|expired)\b)"), "…"),
    (re.compile(r"\bhint [0-9a-z]{4}\b"), "hint …"),
    (re.compile(r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"), "(time)"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?)?"), "(time)"),
    (re.compile(rf"\b(?:{MONTH}) \d{{4}}\b"), "(month)"),
    (re.compile(r"^(duration_ms +)\d+", re.MULTILINE), r"\1(time)"),
    (re.compile(r'(?<="created":)\d{10}'), "(time)"),
    (re.compile(r"\b\d+(?:\.\d+)? (?:µs|ms|s)\b"), "(time)"),
    (re.compile(r"(?<=\(entry )\d+(?=\))|(?<=after entry )\d+(?= of the journal)"), "…"),
    # Whether a hard limit is reached before its window ends depends on the day of the month.
    (re.compile(r"; the hard limit of [^;]*? is reached (?:within the hour|in [^;]*?, UTC\))"), ""),
    (re.compile(r"(?<=/tmp/seawall-demo-)[0-9a-f]+"), "…"),
    (re.compile(r"(?<=content-length: )\d+", re.IGNORECASE), "…"),
    (re.compile(r"[ \t]+"), " "),
    (re.compile(r" $", re.MULTILINE), ""),
]
# What is not shown to everybody who reads the page, although it was printed to somebody.
SECRET = re.compile(r"\bsk-sw-(admin-)?[0-9a-z-]{8,}[0-9a-z]")


def redact(text):
    for pattern, instead in RULES:
        text = pattern.sub(instead, text)
    return text.strip("\n")


def without_secrets(text):
    return SECRET.sub(r"sk-sw-\1…", text)


def same(expected, printed):
    return redact(expected) == redact(printed)


def holds_in_order(expected, printed):
    """Whether the lines of `expected` are among those printed, in this order; an empty one stands for nothing."""
    left = iter(redact(printed).splitlines())
    return all(any(line.strip() == have.strip() for have in left) for line in redact(expected).splitlines() if line.strip())
