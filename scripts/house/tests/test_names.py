import unittest

from house import names


class Names(unittest.TestCase):
    def test_names_that_say_something_pass(self):
        self.assertEqual(names.of_paths(["crates/ledger/src/book.rs", "crates/ledger/src/book/lots.rs", "Makefile"]), [])

    def test_drawers_and_mod_files_are_found(self):
        for path in ["crates/a/src/mod.rs", "crates/a/src/utils.rs", "crates/common/src/lib.rs", "console/src/helpers/x.ts"]:
            self.assertEqual(len(names.of_paths([path])), 1, path)
