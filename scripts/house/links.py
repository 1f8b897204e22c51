"""Links between pages lead somewhere, to their headings too, and the book's contents name every page once."""

import posixpath
import re

SUMMARY = "docs/SUMMARY.md"
FENCE = re.compile(r"^(```|~~~).*?^\1$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def findings(project):
    pages = {path: text for path, text in project.texts.items() if path.endswith(".md") and "node_modules/" not in path}
    found = []
    for path, text in pages.items():
        for name, target in links(text):
            wrong = problem(pages, project.texts, resolve(path, target))
            if wrong:
                found.append(f"{path}: [{name}]({target}): {wrong}")
    return found + contents(pages)


def links(text):
    """Name and target of every link into the repository; code and comments have none."""
    text = CODE.sub(lambda code: "`" + "_" * (len(code[0]) - 2) + "`", COMMENT.sub("", FENCE.sub("", text)))
    return [(m[1], m[2]) for m in LINK.finditer(text) if not re.match(r"[a-z]+:", m[2])]


def resolve(page, target):
    """The path of what a link on this page leads to, and the anchor in it."""
    path, _, anchor = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    return path, anchor


def problem(pages, texts, resolved):
    path, anchor = resolved
    if path not in texts and not any(name.startswith(f"{path}/") for name in texts):
        return "there is no such file"
    if anchor and anchor not in anchors(pages.get(path, "")):
        return "there is no such heading"
    return None


def anchors(text):
    """The names that headings get, here as on the pages of mdBook and of code hosts."""
    names, seen = set(), {}
    for heading in HEADING.findall(COMMENT.sub("", FENCE.sub("", text))):
        plain = LINK.sub(r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        count = seen.get(name, 0)
        seen[name] = count + 1
        names.add(f"{name}-{count}" if count else name)
    return names


def contents(pages):
    """What is wrong with the book's contents."""
    if SUMMARY not in pages:
        return [f"{SUMMARY}: missing"]
    listed = [resolve(SUMMARY, target)[0] for _, target in links(pages[SUMMARY])]
    found = [f"{SUMMARY}: {path} is listed {listed.count(path)} times" for path in sorted(set(listed)) if listed.count(path) > 1]
    ours = (path for path in pages if path.startswith("docs/") and path != SUMMARY)
    found += [f"{SUMMARY}: {path} is not listed" for path in ours if path not in listed]
    for path in listed:
        targets = (resolve(path, target)[0] for _, target in links(pages.get(path, "")))
        outside = sorted({target for target in targets if target.endswith(".md") and target not in listed})
        found += [f"{path}: {target} is no page of the book, so the link leads nowhere there" for target in outside]
    return found
