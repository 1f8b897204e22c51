"""Every error code has its heading in docs/errors.md, every heading is a code, and every code is said somewhere."""

import re

PAGE = "docs/errors.md"
LISTS = ("crates/control/src/codes.rs", "crates/gateway/src/codes.rs")
LISTED = re.compile(r'^    "([a-z_]+)",$', re.MULTILINE)
HEADING = re.compile(r"^### `([a-z_]+)`$", re.MULTILINE)


def findings(project):
    found = []
    listed = set()
    for path in LISTS:
        codes = LISTED.findall(project.texts.get(path, ""))
        if not codes:
            found.append(f"{path}: lists no code")
        folder = path.removesuffix("codes.rs")
        source = "".join(text for name, text in project.texts.items() if name.startswith(folder) and name != path)
        found += [f"{path}: nothing says {code!r}" for code in codes if f'"{code}"' not in source]
        listed |= set(codes)
    return found + compare(listed, HEADING.findall(project.texts.get(PAGE, "")))


def compare(codes, headings):
    found = [f"{PAGE}: `{code}` has no heading" for code in sorted(codes - set(headings))]
    found += [f"{PAGE}: there is no code `{heading}`" for heading in sorted(set(headings) - codes)]
    found += [f"{PAGE}: `{heading}` has two headings" for heading in sorted(set(headings)) if headings.count(heading) > 1]
    return found
