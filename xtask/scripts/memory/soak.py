"""Runs the benchmark programs over and over in one process for some minutes.

Prints a line a minute, and at the end the resident memory, in kilobytes, after the first minute and at the end: that of the
process's own, and the pages of files beside it. Those are the executable's code and constants, which the system's cache of files
holds anyway; how many of them are counted says what has run since they were last let go of. With each line there are also the
objects of the collector and the blocks in use, which is what would grow if something leaked.
"""

import gc
import io
import os
import sys
import time
import types


def resident():
    """The process's own memory, and pages of files."""
    gc.collect()
    sizes = {}
    with open("/proc/self/status") as f:
        for line in f:
            name, _, rest = line.partition(":")
            if name.startswith("Rss"):
                sizes[name] = int(rest.split()[0])
    return sizes["RssAnon"] + sizes["RssShmem"], sizes["RssFile"]


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
    first = last = None
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
                seconds, (own, files) = time.monotonic() - start, last
                objects, blocks = len(gc.get_objects()), sys.getallocatedblocks()
                print(
                    f"{seconds:.0f} s: {rounds} rounds, {own} kB and {files} kB of files, {objects} objects, {blocks} blocks",
                    file=sys.stderr,
                    flush=True,
                )
    print(*first, *last)


main(sys.argv[1], float(sys.argv[2]))
