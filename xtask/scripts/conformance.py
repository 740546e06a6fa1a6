"""Runs one of CPython's test modules and reports each test, for `cargo xtask conformance`.

    python conformance.py MODULE REPORT [DONE]

REPORT is appended to, one line per event, unbuffered, so that it survives a crash: `start ID`, then one of `pass`,
`fail`, `error`, `skip`, `needs-c`, `xfail`, `xpass` and the ID. `error` with an ID that is no test is a module or class
that could not be set up. `needs-c` is a test that a stand-in of `standin/` skipped, or that failed after one was used in
a child process. `marked ID` comes in between for a
test that the suite marks as CPython's own. DONE lists tests not to run again, one ID per line. The last line of a complete
run is `end`.
"""

import os
import signal
import sys
import unittest

from _standin import MARK, NOTES, replace_python_api


class Report:
    def __init__(self, path):
        # Where stand-ins note that they were used; child processes inherit the variable.
        self.notes = os.environ[NOTES] = f"{path}.notes"
        self.descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def line(self, word, text=""):
        line = f"{word} {text}".replace("\n", "\\n").rstrip() + "\n"
        os.write(self.descriptor, line.encode("utf-8", "backslashreplace"))


def size(path):
    """The size of a file that need not exist."""
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


# The worst that happened in a test, its subtests included, is its outcome.
RANK = ["pass", "needs-c", "skip", "xfail", "xpass", "fail", "error"]


class Result(unittest.TestResult):
    def __init__(self, report):
        super().__init__()
        self.report = report
        self.outcome = None

    def startTest(self, test):
        super().startTest(test)
        self.outcome = "pass"
        self.notes = size(self.report.notes)
        # A test may have an attribute of its own named so from now on.
        self.id = test.id()
        self.report.line("start", self.id)
        if is_marked(test):
            self.report.line("marked", self.id)

    def stopTest(self, test):
        super().stopTest(test)
        if self.outcome in ("fail", "error") and size(self.report.notes) > self.notes:
            # A stand-in was used where a skip does not reach us: in a child process or a thread.
            self.outcome = "needs-c"
        self.report.line(self.outcome, self.id)
        self.outcome = None

    def note(self, word, test, error=None):
        if self.outcome is None:
            self.report.line(word, test.id())
        else:
            self.outcome = max(self.outcome, word, key=RANK.index)
        if error is not None:
            print(f"{word.upper()}: {test.id() if self.outcome is None else self.id}")
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
        word = "needs-c" if MARK in reason else "skip"
        self.note(word, test)
        print(f"{word.upper()}: {test.id() if self.outcome is None else self.id}: {reason}", flush=True)

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
    """Tests that are marked as CPython's own run too, and are known as such: Taipan means to have its details."""

    def check_impl_detail(**guards):
        guards, default = support._parse_guards(guards)
        return guards.get("cpython", default)

    def impl_detail(msg=None, **guards):
        def mark(test):
            test.marked_cpython = True
            return test

        return mark if guards.get("cpython", not guards) else original(msg, **guards)

    original = support.impl_detail
    support.check_impl_detail = check_impl_detail
    support.impl_detail = impl_detail


def is_marked(test):
    """Whether the suite marks a test, or its class, as CPython's own."""
    method = getattr(test, getattr(test, "_testMethodName", ""), None)
    return getattr(method, "marked_cpython", False) or getattr(test, "marked_cpython", False)


def main():
    name, path = sys.argv[1:3]
    report = Report(path)
    done = set()
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as file:
            done = set(file.read().splitlines())
    sys.argv[1:] = []
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # So a shell starts what it runs in the background; tests expect KeyboardInterrupt.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        from test import support
        support.use_resources = {}
        support.verbose = False
        count_as_cpython(support)
    except Exception as error:
        print(f"test.support: {type(error).__name__}: {error}", flush=True)
    loader = unittest.TestLoader()
    try:
        replace_python_api(name)
        __import__(name)
        suite = loader.loadTestsFromModule(sys.modules[name])
    except unittest.SkipTest as skip:
        report.line("needs-c" if MARK in str(skip) else "skip", name)
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
