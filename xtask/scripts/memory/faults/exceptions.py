"""Exceptions, groups, tracebacks, context managers."""

import contextlib
import traceback


class Own(Exception):
    def __init__(self, a, *, b):
        super().__init__(a)
        self.b = b


@contextlib.contextmanager
def manager(log):
    log.append("in")
    try:
        yield log
    finally:
        log.append("out")


def fail(depth):
    if depth:
        return fail(depth - 1)
    raise Own("deep", b=[1])


def work():
    log = []
    try:
        try:
            fail(5)
        except Own as e:
            log.append(e.b)
            raise ValueError("from") from e
    except ValueError as e:
        log.append((type(e.__cause__).__name__, len(list(traceback.walk_tb(e.__cause__.__traceback__)))))
        log.append(traceback.format_exception_only(e))
    with manager(log), contextlib.suppress(KeyError):
        {}["absent"]
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("h", [ValueError(3)])])
    except* ValueError as group:
        log.append(len(group.exceptions))
    except* TypeError as group:
        log.append(str(group))
    try:
        1 / 0
    except ZeroDivisionError as e:
        e.add_note("note")
        log.append(str(e))
    for bad in ("int('x')", "None.a", "undefined", "[][0]", "f()"):
        try:
            eval(bad, {"f": lambda a: a})
        except MemoryError:
            raise
        except Exception as e:
            log.append(type(e).__name__)
    return log
