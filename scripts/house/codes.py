"""Every error code has its heading in docs/errors.md, every heading is a code, and every code is said somewhere."""

import re

PAGE = "docs/errors.md"
# Where a crate may keep its list, as texts or as pairs of a code and what it means.
LISTS = {
    "crates/control/src/": ("codes.rs", "openapi/errors.rs"),
    "crates/gateway/src/": ("codes.rs",),
}
LIST = re.compile(r"^(?:pub )?const CODES: .*?^\];$", re.MULTILINE | re.DOTALL)
LISTED = re.compile(r'^ +\(?"([a-z_]+)",', re.MULTILINE)
HEADING = re.compile(r"^### `([a-z_]+)`$", re.MULTILINE)


def findings(project):
    found = []
    listed = set()
    for folder, names in LISTS.items():
        paths = [folder + name for name in names]
        lists = (LIST.findall(project.texts.get(path, "")) for path in paths)
        codes = {code for texts in lists for text in texts for code in LISTED.findall(text)}
        if not codes:
            found.append(f"{folder}: lists no code")
        source = "".join(text for name, text in project.texts.items() if name.startswith(folder) and name not in paths)
        found += [f"{folder}: nothing says {code!r}" for code in sorted(codes) if f'"{code}"' not in source]
        listed |= codes
    return found + compare(listed, HEADING.findall(project.texts.get(PAGE, "")))


def compare(codes, headings):
    found = [f"{PAGE}: `{code}` has no heading" for code in sorted(codes - set(headings))]
    found += [f"{PAGE}: there is no code `{heading}`" for heading in sorted(set(headings) - codes)]
    found += [f"{PAGE}: `{heading}` has two headings" for heading in sorted(set(headings)) if headings.count(heading) > 1]
    return found
