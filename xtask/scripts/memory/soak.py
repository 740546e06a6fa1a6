"""Runs the benchmark programs over and over in one process for some minutes.

Prints a line a minute, and at the end the resident memory, in kilobytes, after the first minute and at the end.
"""

import gc
import io
import os
import sys
import time
import types


def resident():
    gc.collect()
    with open("/proc/self/statm", "rb") as f:
        return int(f.read().split()[1]) * 4


def forget_loggers():
    """Takes from loggers what a program gave them: they live as long as the process, and each run would add a handler, whose
    stream all later runs write to."""
    logging = sys.modules.get("logging")
    if logging is not None:
        for logger in logging.Logger.manager.loggerDict.values():
            if isinstance(logger, logging.Logger):
                logger.handlers.clear()
                logger.filters.clear()


def run(code, name):
    real, sys.stdout = sys.stdout, io.StringIO()
    # Pickles look their classes up in the module that runs.
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    module.__file__ = name
    try:
        exec(code, module.__dict__)
    except SystemExit:
        pass
    finally:
        sys.stdout = real
        forget_loggers()


def main(folder, minutes):
    programs = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py"):
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as f:
                programs.append((compile(f.read(), path, "exec"), path))
    os.chdir(folder)
    sys.argv = [""]
    start = time.monotonic()
    end = start + 60 * minutes
    first = last = 0
    told = 0
    rounds = 0
    at = 0
    # Whole rounds at least once: a program that has not run yet would look like growth.
    while time.monotonic() < end or rounds < 3:
        run(*programs[at])
        at += 1
        if at == len(programs):
            at = 0
            rounds += 1
            last = resident()
            if not first and (time.monotonic() - start >= 60 or rounds >= 2):
                first = last
            if time.monotonic() - start >= 60 * told:
                told += 1
                print(f"{time.monotonic() - start:.0f} s: {rounds} rounds, {last} kB", file=sys.stderr, flush=True)
    print(first, last)


main(sys.argv[1], float(sys.argv[2]))
