import unittest
from collections import namedtuple

from house import links

Project = namedtuple("Project", "texts")


def of(**pages):
    texts = {f"docs/{name}.md": text for name, text in pages.items()}
    return links.findings(Project({"LICENSE": "", **texts}))


class Links(unittest.TestCase):
    def test_links_that_lead_somewhere_pass(self):
        summary = "[A](a.md)\n[B](b.md)\n"
        a = "# One `code_word`\n## Two, words\n[x](#two-words) [y](b.md#b) [z](../LICENSE) [w](https://example.org/q)\n"
        self.assertEqual(of(SUMMARY=summary, a=a, b="# B\n[o](a.md#one-code_word)\n"), [])

    def test_links_that_lead_nowhere_are_found(self):
        for text, says in [
            ("[x](c.md)", "no such file"),
            ("[x](#nowhere)", "no such heading"),
            ("```\n# Hidden\n```\n[x](#hidden)", "no such heading"),
            ("`[x](c.md)` and\n```\n[x](c.md)\n```\n", None),
        ]:
            found = of(SUMMARY="[A](a.md)\n", a=text)
            self.assertTrue(any(says in one for one in found) if says else not found, found)

    def test_the_contents_name_every_page_once(self):
        for summary, says in [("", "not listed"), ("[A](a.md)\n[A](a.md)\n", "2 times"), ("[A](a.md)\n[B](b.md)", "no such file")]:
            self.assertTrue(any(says in one for one in of(SUMMARY=summary, a="# A\n")), summary)

    def test_a_page_of_the_book_links_to_pages_of_the_book(self):
        texts = {"docs/SUMMARY.md": "[A](a.md)\n", "docs/a.md": "[x](../OTHER.md)\n", "OTHER.md": "# O\n"}
        self.assertEqual(len(links.findings(Project(texts))), 1)

    def test_equal_headings_are_told_apart(self):
        self.assertEqual(links.anchors("# A\n# A\n"), {"a", "a-1"})
