import unittest

from house import dependencies


class Dependencies(unittest.TestCase):
    def test_a_reason_for_each_passes(self):
        self.assertEqual(dependencies.compare({"tokio"}, {"tokio"}, {"tokio": "the runtime"}), [])

    def test_a_missing_a_left_over_and_an_empty_reason_are_found(self):
        found = dependencies.compare({"tokio", "toml"}, {"tokio", "toml"}, {"tokio": "", "sled": "once"})
        self.assertEqual(len(found), 3, found)

    def test_a_declared_dependency_that_nobody_uses_is_found(self):
        self.assertEqual(len(dependencies.compare(set(), {"sled"}, {})), 1)

    def test_rows_of_the_table_are_read(self):
        text = "| crate | why |\n|---|---|\n| `a-b` | because |\n| `c` |  |\n"
        self.assertEqual(dict(dependencies.ROW.findall(text)), {"a-b": "because", "c": ""})

    def test_a_version_of_its_own_is_found(self):
        manifest = {
            "dependencies": {"a": {"workspace": True}, "b": "1"},
            "dev-dependencies": {"c": {"version": "1"}, "x": {"path": "."}},
        }
        self.assertEqual(len(dependencies.versions("crates/x/Cargo.toml", manifest)), 2)
