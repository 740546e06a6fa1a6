"""A plugin of pytest: one line a test, outcome and name, into the file that TAIPAN_OUTCOMES names."""

import os

_RANK = ["passed", "skipped", "xfailed", "xpassed", "failed"]
_worst = {}
_file = None


def pytest_configure(config):
    global _file
    # Taken out, so that a pytest started by a test does not write there too.
    path = os.environ.pop("TAIPAN_OUTCOMES", None)
    if path is not None:
        _file = open(path, "w", encoding="utf-8")


def pytest_runtest_logreport(report):
    if _file is None or type(report).__name__ == "SubtestReport":
        return
    outcome = report.outcome
    if hasattr(report, "wasxfail"):
        outcome = "xfailed" if outcome == "skipped" else "xpassed"
    before = _worst.get(report.nodeid, "passed")
    _worst[report.nodeid] = max(before, outcome, key=_RANK.index)
    if report.when == "teardown":
        print(_worst[report.nodeid], ascii(report.nodeid), file=_file, flush=True)


def pytest_collectreport(report):
    if _file is not None and report.failed:
        print("failed", ascii(report.nodeid), file=_file, flush=True)
