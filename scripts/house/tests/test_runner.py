"""What the scripts beside this folder read out of other programs' output."""

import importlib.machinery
import importlib.util
import sys
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2]


def script(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(SCRIPTS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


class Counting(unittest.TestCase):
    def test_every_runners_summary_is_added_up(self):
        count = script("test").count
        for lines, expected in [
            (["     Summary [   0.019s] 8 tests run: 8 passed, 0 skipped"], (8, 0)),
            (["     Summary [   1.2s] 9 tests run: 7 passed (1 slow), 2 failed, 3 skipped"], (7, 2)),
            (["\x1b[31mSummary\x1b[0m [   1.2s] 1 test run: 0 passed, 1 failed, 0 skipped"], (0, 1)),
            (["test result: ok. 3 passed; 0 failed; 0 ignored", "test result: FAILED. 1 passed; 2 failed; 0"], (4, 2)),
            (["ℹ tests 5", "ℹ pass 3", "ℹ fail 1", "ℹ cancelled 1"], (3, 2)),
            (["Ran 14 tests in 5.4s", "", "FAILED (failures=1, errors=2, skipped=1)"], (11, 3)),
            (["Ran 1 test in 0.1s", "", "OK"], (1, 0)),
            (["28 passed, 2 failed"], (28, 2)),
            (["I ran 3 tests and passed"], (0, 0)),
        ]:
            tally = {"passed": 0, "failed": 0}
            for line in lines:
                count(line, tally)
            self.assertEqual((tally["passed"], tally["failed"]), expected, lines)


class Readme(unittest.TestCase):
    def test_marked_blocks_are_found_with_what_they_must_say(self):
        text = 'a\n<!-- test: shell; says "x y"; says "z" -->\n```sh\none \\\n  two\n```\n```sh\nnot marked\n```\n'
        self.assertEqual(script("readme-test").blocks(text), [("shell", ["x y", "z"], "one \\\n  two\n")])

    def test_printed_commands_are_taken_whole_or_not_at_all(self):
        pasted = script("readme-test").pasted
        printed = "Try it:\n  export A=1\n  $ curl -sS x \\\n    -d y\n\nlog line\n  curl half \\\n"
        self.assertEqual(pasted(printed), ["export A=1", "curl -sS x \\\n-d y"])

    def test_a_port_is_replaced_by_the_same_free_one_everywhere(self):
        ports = script("readme-test").Ports()
        first, second = ports.replace("127.0.0.1:8080 http://127.0.0.1:9001/v1"), ports.replace("127.0.0.1:8080")
        self.assertNotIn(":8080", first)
        self.assertEqual(first.split()[0], second)
        self.assertTrue(first.endswith("/v1"))
