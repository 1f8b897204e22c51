import unittest

from house import sizes


class Sizes(unittest.TestCase):
    def test_short_files_and_listed_ones_within_their_ceiling_pass(self):
        self.assertEqual(sizes.compare({"a.rs": 500, "b.rs": 700}, {"b.rs": 700}, 1), [])

    def test_a_long_file_is_found(self):
        self.assertEqual(len(sizes.compare({"a.rs": 501}, {}, 0)), 1)

    def test_a_listed_file_that_grew_is_found(self):
        self.assertEqual(len(sizes.compare({"a.rs": 701}, {"a.rs": 700}, 1)), 1)

    def test_a_listed_file_that_became_short_or_vanished_is_found(self):
        self.assertEqual(len(sizes.compare({"a.rs": 300}, {"a.rs": 700, "gone.rs": 600}, 2)), 2)

    def test_a_list_that_grew_is_found(self):
        self.assertEqual(len(sizes.compare({"a.rs": 600}, {"a.rs": 600}, 0)), 1)

    def test_the_list_is_read_and_scripts_without_a_suffix_count_as_code(self):
        self.assertEqual(sizes.read_list("# why\n600 a.rs  # table\n\n"), {"a.rs": 600})
        self.assertTrue(sizes.is_code("bench/run", "#!/usr/bin/env python3\n"))
        self.assertFalse(sizes.is_code("data.json", "{}"))
