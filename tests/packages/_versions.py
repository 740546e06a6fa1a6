"""Tests of `packaging` for `-m unittest`; two of them fail on purpose."""
import unittest
from packaging.version import InvalidVersion, Version


class Order(unittest.TestCase):
    def test_order(self):
        versions = ["1.0", "1.0.dev1", "1.0a1", "1.0.post1", "2!0.1", "1.0rc1+local"]
        ordered = [str(v) for v in sorted(map(Version, versions))]
        self.assertEqual(ordered, ["1.0.dev1", "1.0a1", "1.0rc1+local", "1.0", "1.0.post1", "2!0.1"])

    def test_wrong_order(self):
        self.assertLess(Version("2"), Version("1"))

    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(Version("1.0"), Version("1.1"))


class Texts(unittest.TestCase):
    def test_invalid(self):
        for text in ("", "x", "1.0-"):
            with self.subTest(text=text), self.assertRaises(InvalidVersion):
                Version(text)

    def test_error(self):
        Version("no version")

    @unittest.skip("for the letter s")
    def test_skipped(self):
        raise AssertionError
