"""Runs one of CPython's test modules and reports each test, for `cargo xtask conformance`.

    python conformance.py MODULE REPORT [DONE]

REPORT is appended to, one line per event, unbuffered, so that it survives a crash: `start ID`, then one of `pass`,
`fail`, `error`, `skip`, `xfail`, `xpass` and the ID. `error` with an ID that is no test is a module or class that could
not be set up. DONE lists tests not to run again, one ID per line. The last line of a complete run is `end`.
"""

import os
import sys
import unittest


class Report:
    def __init__(self, path):
        self.descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def line(self, word, text=""):
        line = f"{word} {text}".replace("\n", "\\n").rstrip() + "\n"
        os.write(self.descriptor, line.encode("utf-8", "backslashreplace"))


# The worst that happened in a test, its subtests included, is its outcome.
RANK = ["pass", "skip", "xfail", "xpass", "fail", "error"]


class Result(unittest.TestResult):
    def __init__(self, report):
        super().__init__()
        self.report = report
        self.outcome = None

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "pass"
        self.report.line("start", test.id())

    def stopTest(self, test):
        super().stopTest(test)
        self.report.line(self.outcome, test.id())
        self.outcome = None

    def note(self, word, test, error=None):
        if self.outcome is None:
            self.report.line(word, test.id())
        else:
            self.outcome = max(self.outcome, word, key=RANK.index)
        if error is not None:
            print(f"{word.upper()}: {test.id()}")
            print(self._exc_info_to_string(error, test), flush=True)

    def addError(self, test, err):
        self.note("error", test, err)

    def addFailure(self, test, err):
        self.note("fail", test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            kind = "fail" if issubclass(err[0], test.failureException) else "error"
            self.note(kind, subtest, err)

    def addSkip(self, test, reason):
        self.note("skip", test)

    def addExpectedFailure(self, test, err):
        self.note("xfail", test)

    def addUnexpectedSuccess(self, test):
        self.note("xpass", test)


def prune(suite, done):
    """The suite without the tests that are done, its nesting (class and module fixtures) kept."""
    kept = []
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            kept.append(prune(test, done))
        elif test.id() not in done:
            kept.append(test)
    pruned = unittest.TestSuite()
    pruned.addTests(kept)
    return pruned


def count_as_cpython(support):
    """Tests that are marked as CPython's own run too: Taipan means to have its details."""

    def check_impl_detail(**guards):
        guards, default = support._parse_guards(guards)
        return guards.get("cpython", default)

    support.check_impl_detail = check_impl_detail


def main():
    name, path = sys.argv[1:3]
    report = Report(path)
    done = set()
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as file:
            done = set(file.read().splitlines())
    sys.argv[1:] = []
    try:
        from test import support
        support.use_resources = {}
        support.verbose = False
        count_as_cpython(support)
    except Exception as error:
        print(f"test.support: {type(error).__name__}: {error}", flush=True)
    loader = unittest.TestLoader()
    try:
        __import__(name)
        suite = loader.loadTestsFromModule(sys.modules[name])
    except unittest.SkipTest:
        report.line("skip", name)
        report.line("end")
        return
    except BaseException as error:
        import traceback
        traceback.print_exc()
        report.line("error", name)
        report.line("end")
        return
    for error in loader.errors:
        print(error, flush=True)
    prune(suite, done)(Result(report))
    report.line("end")


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # A thread left behind by a test must not keep the process.
    os._exit(0)
