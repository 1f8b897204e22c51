import unittest

from house import paths

HOME = "/ho" + "me/"


class Paths(unittest.TestCase):
    def test_a_folder_of_one_machine_is_found(self):
        for text in [f"cp {HOME}dana/x .", f'"{HOME}dana"', "cd /ro" + "ot/x", "see /wo" + "rk/main"]:
            self.assertEqual(len(paths.folders("x.md", text)), 1, text)

    def test_addresses_and_folders_of_every_machine_pass(self):
        text = f"https://example.com{HOME}page\n~{HOME}\n/etc/ssl/certs /tmp/x\nsrc{HOME}x\n$ROOT{HOME}"
        self.assertEqual(paths.folders("x.md", text.replace("$ROOT", "${ROOT}")), [])

    def test_a_package_mirror_is_found(self):
        own = {"packages": {"": {}, "a": {"resolved": "https://registry.npmjs.org/a.tgz"}, "b": {}}}
        other = {"packages": {"a": {"resolved": "https://mirror.example/a.tgz"}}}
        self.assertEqual(paths.mirrors("package-lock.json", own), [])
        self.assertEqual(len(paths.mirrors("package-lock.json", other)), 1)
