"""A transcript that is not what happened must not pass for it."""

import unittest

from reader.redact import holds_in_order, same, without_secrets
from reader.transcript import blocks, commands, printed_for_pasting

ID = "req_01m8249cb8f2m82yxadam3rfq5"
OTHER = "req_01m8249cdveb4v49fjtzxjwxjz"


class Redacting(unittest.TestCase):
    def test_what_differs_from_run_to_run_is_no_difference(self):
        for shown, printed in [
            (f"id  {ID}", f"id     {OTHER}\n"),
            ("at 2026-11-22 17:19:00", "at 2027-01-02 03:04:05"),
            ("at 2026-11-22T17:19:00.457064Z", "at 2026-12-01T00:00:00Z"),
            ("key bot (…4btg)", "key bot (…x9fq)"),
            ("sk-sw-…", "sk-sw-wjsqrh7x54-dk10eqnrq24t651d60xrtcsssgnyg3ab0d37292jj3shdshg4btg"),
            ("took 71 ms", "took 1.5 s"),
            (
                "runs out in 39 h (on 2026-11-24, UTC); the hard limit of project bot is reached in 29 h (on 2026-11-24, UTC).",
                "runs out in 39 h (on 2026-12-02, UTC).",
            ),
        ]:
            self.assertTrue(same(shown, printed), f"{shown} / {printed}")

    def test_amounts_names_codes_and_words_are_the_claim(self):
        for shown, printed in [
            ("left $0.38", "left $0.39"),
            ("runs out in 39 h (on 2026-11-24, UTC).", "runs out in 38 h (on 2026-11-24, UTC)."),
            ("left  $0.38", "left"),
            (ID, "lim_01m8249cb8f2m82yxadam3rfq5"),
            ("active", "frozen"),
            ("hard limit\nspent", "hard limit"),
            ("sk-sw-…", "sk-sw-admin-…"),
        ]:
            self.assertFalse(same(shown, printed), f"{shown} / {printed}")

    def test_lines_of_a_program_that_stays_come_in_their_order(self):
        self.assertTrue(holds_in_order("b\nd\n", "a\nb\nc\n  d\n"))
        self.assertFalse(holds_in_order("d\nb\n", "a\nb\nc\nd\n"))
        self.assertFalse(holds_in_order("e\n", "a\nb\n"))

    def test_a_page_never_gets_a_key(self):
        self.assertEqual(without_secrets("x sk-sw-admin-nq26gb7ga9t742jkx y"), "x sk-sw-admin-… y")
        self.assertEqual(without_secrets("x sk-sw-1t5brq21vs-ysx9c3pz8t y"), "x sk-sw-… y")


class Transcripts(unittest.TestCase):
    def test_a_command_ends_where_its_output_begins(self):
        found = commands("$ a \\\n  b\nsaid\n$ cat > x <<'END'\n> one\n> END\n$ c\n")
        self.assertEqual([c.run for c in found], ["a \\\n  b\n", "cat > x <<'END'\none\nEND\n", "c\n"])
        self.assertEqual([c.output for c in found], ["said\n", "", ""])
        self.assertRaises(AssertionError, commands, "said\n$ a\n")

    def test_blocks_are_found_with_what_they_are(self):
        page = "<!-- test: beside\ny\n-->\n<!-- test: before\nx\n-->\n\n```console\n$ a\n```\n\n<!-- test: stays -->\n```console\n$ b\n```\n```sh\nc\n```\n"
        kinds = [("beside", "y\n"), ("before", "x\n"), ("shown", "$ a\n"), ("stays", "$ b\n")]
        self.assertEqual([(b.kind, b.text) for b in blocks(page)], kinds)
        for block in blocks(page):
            self.assertTrue(page[block.at :].startswith(block.text))

    def test_what_is_pasted_is_the_line_that_was_printed(self):
        printed = "  Paste:\n    export KEY=real    # note\n    export OTHER=x\n"
        self.assertEqual(printed_for_pasting(printed, "export KEY=shown\n"), "export KEY=real    # note")
        self.assertRaises(AssertionError, printed_for_pasting, printed, "export NONE=shown\n")
