import unittest
from collections import namedtuple

from house import codes

Project = namedtuple("Project", "texts")
TEXTS = 'pub const CODES: &[&str] = &[\n    "one_code",\n];\n'
PAIRS = 'const CODES: [(&str, &str); 2] = [\n    ("one_code", "of one"),\n    (\n        "two_code",\n        "of two",\n    ),\n];\n'


def project(page, said='"one_code" "two_code"', pairs=""):
    texts = {"crates/control/src/codes.rs": TEXTS, "crates/gateway/src/codes.rs": TEXTS, codes.PAGE: page}
    said = {"crates/control/src/a.rs": said, "crates/gateway/src/a.rs": said}
    return Project({**texts, **said, "crates/control/src/openapi/errors.rs": pairs})


class Codes(unittest.TestCase):
    def test_a_code_needs_one_heading_and_a_heading_a_code(self):
        self.assertEqual(codes.findings(project("### `one_code`\n")), [])
        for page, says in [
            ("", "no heading"),
            ("### `one_code`\n### `other_code`\n", "no code"),
            ("### `one_code`\n### `one_code`\n", "two headings"),
        ]:
            found = codes.findings(project(page))
            self.assertEqual(len(found), 1, found)
            self.assertIn(says, found[0])

    def test_a_list_may_be_one_of_pairs(self):
        found = codes.findings(project("### `one_code`\n", pairs=PAIRS))
        self.assertEqual(found, [f"{codes.PAGE}: `two_code` has no heading"])

    def test_a_code_that_nothing_says_is_found(self):
        self.assertEqual(len(codes.findings(project("### `one_code`\n", said=""))), 2)

    def test_an_empty_list_is_found(self):
        self.assertEqual(len(codes.findings(Project({codes.PAGE: ""}))), 2)
