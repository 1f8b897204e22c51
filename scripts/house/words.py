"""One word per thing: what stops is a hard limit, what tells is a budget, and none of their blurred synonyms."""

import re

# The quoted phrases are providers' own and are what programs look for.
QUOTED = re.compile(r"insufficient[_ -]?quota|(?:exceeded|check) your current quota|\bquotaId\b", re.IGNORECASE)
FORBIDDEN = [
    (re.compile(r"quota", re.IGNORECASE), "say hard limit, budget, credit balance or upstream cap, whichever it is"),
    (re.compile(r"(?<!approved )\busage limits?\b", re.IGNORECASE), "say hard limit, or approved usage limit where the operator set it"),
    (re.compile(r"\bsoft (?:limit|cap)s?\b", re.IGNORECASE), "say budget"),
    (re.compile(r"\b(?:hard budget|hard cap|spending cap|spend cap)s?\b", re.IGNORECASE), "say hard limit"),
    (re.compile(r"\b(?:soft|enforced) budgets?\b", re.IGNORECASE), "a budget only tells; say budget"),
]
READ_BY_USERS = (".css", ".html", ".md", ".rs", ".toml", ".ts", ".tsx")
# What providers say, word for word, and these rules.
PROVIDERS_WORDS = ("crates/sim/", "crates/diagnosis/", "scripts/house/")


def findings(project):
    found = []
    for path, text in project.texts.items():
        if path.endswith(READ_BY_USERS) and not path.startswith(PROVIDERS_WORDS):
            found += of_text(path, text)
    return found


def of_text(path, text):
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        said = QUOTED.sub("", line)
        for pattern, instead in FORBIDDEN:
            hit = pattern.search(said)
            if hit:
                found.append(f"{path}:{number}: \"{hit.group()}\"; {instead}")
    return found
