"""Fails one allocation after the other in a program: `faults.py PROGRAM [FIRST]`.

The program's `work()` runs once for each N with the Nth allocation failing, until there are fewer than N. It may raise
MemoryError, or do without the memory and give the right result; nothing else, and no memory may be lost by it: what a
second and a third failure at the same place add is a leak. Prints a line where something is wrong, and at the end how
many N there were, how many of them raised MemoryError, and how many were wrong.
"""

import gc
import importlib.util
import os
import sys

CACHES = 3  # Runs that may fill caches before what is left is counted.


def load(path):
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["program"] = module  # Where pickles look for its classes.
    spec.loader.exec_module(module)
    return module.work


def attempt(work, n):
    """How the program ends with the nth allocation failing, and whether there was an nth."""
    sys._taipan_fail_after(n)
    try:
        result = work()
    except BaseException as e:
        failed = sys._taipan_fail_after(0)
        return type(e).__name__ + ("" if type(e) is MemoryError else f": {e}"), failed
    failed = sys._taipan_fail_after(0)
    return result, failed


def blocks():
    gc.collect()
    return sys.getallocatedblocks()


def lost(work, n):
    """Blocks that a failure at this place loses, each time."""
    before = blocks()
    least = None
    for _ in range(3):
        attempt(work, n)
        now = blocks()
        if now <= before:
            return 0
        least = now - before if least is None else min(least, now - before)
        before = now
    return least


def main(path, first):
    work = load(path)
    sys.unraisablehook = lambda report: None
    for _ in range(CACHES):
        expected = work()
    before = blocks()
    n, raised, wrong = first, 0, 0
    while True:
        # So that whoever started this knows where it crashed.
        os.write(2, b"at %d\n" % n)
        result, failed = attempt(work, n)
        if not failed:
            break
        if result == "MemoryError":
            raised += 1
        elif result != expected:
            wrong += 1
            print(f"{n}: {str(result)[:100]}", flush=True)
        result = None
        now = blocks()
        if now > before and (leak := lost(work, n)):
            wrong += 1
            print(f"{n}: loses {leak} blocks", flush=True)
            now = blocks()
        before = now
        n += 1
    print(n - first, raised, wrong)


main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
