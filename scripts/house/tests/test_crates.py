import unittest

from house import crates

OWN = {*crates.ARROWS, *crates.EVERYTHING}


def package(name, *uses, kind=None):
    return {"name": name, "dependencies": [{"name": used, "kind": kind} for used in uses]}


class Crates(unittest.TestCase):
    def test_arrows_downwards_pass(self):
        for name, uses in [
            ("wire", ["catalog", "money"]),
            ("teller", ["journal", "ledger", "ids", "money", "tokio"]),
            ("gateway", ["teller", "upstream", "ledger", "ids"]),
            ("seawall", ["sim", "control", "journal"]),
            ("sim", ["hyper"]),
            ("journal", ["journal", "ledger"]),
        ]:
            self.assertEqual(crates.of_package(package(name, *uses), OWN), [], name)

    def test_an_arrow_upwards_or_sideways_is_found(self):
        for name, used in [
            ("money", "ids"),
            ("ledger", "catalog"),
            ("diagnosis", "wire"),
            ("gateway", "control"),
            ("gateway", "journal"),
            ("gateway", "sim"),
            ("bench", "seawall"),
            ("bench", "gateway"),
        ]:
            self.assertEqual(len(crates.of_package(package(name, used), OWN)), 1, f"{name} -> {used}")

    def test_tests_may_talk_to_the_simulated_provider_and_to_nothing_else_above(self):
        self.assertEqual(crates.of_package(package("gateway", "sim", kind="dev"), OWN), [])
        self.assertEqual(len(crates.of_package(package("gateway", "control", kind="dev"), OWN)), 1)
        self.assertEqual(crates.of_package(package("diagnosis", "wire", kind="dev"), OWN), [])
        self.assertEqual(len(crates.of_package(package("money", "wire", kind="dev"), OWN)), 1)

    def test_a_crate_nobody_drew_is_found(self):
        self.assertEqual(len(crates.of_package(package("drawer"), OWN)), 1)

    def test_a_runtime_in_a_pure_crate_is_found(self):
        self.assertEqual(len(crates.of_package(package("ledger", "tokio"), OWN)), 1)
        self.assertEqual(crates.of_package(package("ledger", "tokio", kind="dev"), OWN), [])

    def test_a_clock_or_a_file_in_pure_code_is_found_but_not_in_its_tests(self):
        path = "crates/ledger/src/book.rs"
        self.assertEqual(len(crates.of_source(path, "let a = std::fs::read(x);\nlet now = Instant::now();\n")), 2)
        self.assertEqual(crates.of_source(path, "// std::fs is for others\n#[cfg(test)]\nuse std::fs;\n"), [])


if __name__ == "__main__":
    unittest.main()
