"""Stands in for the module of CPython's test build; see `_standin`."""

import io
import sys

import _standin

globals().update(_standin.LIMITS)
__getattr__ = _standin.lookup(__name__)


def _skips_instances(cls):
    """A class whose instances only C code could make: making one skips the test."""

    def __new__(cls, *args, **kwargs):
        return _standin.Missing(cls.__name__)()

    return type(cls.__name__, (cls,), {"__new__": __new__, "__module__": cls.__module__})


# Decorators of classes: a finaliser of the old kind, and no part in collections.
with_tp_del = without_gc = _skips_instances


def config_get(name):
    """The settings of the interpreter that can be told from within."""
    if name == "code_debug_ranges":
        # A code object keeps columns unless it was told not to.
        return next(compile("0", "", "eval").co_positions())[2] is not None
    return getattr(sys.flags, name)


def exception_print(exception, legacy=False):
    """Prints an exception as the interpreter does at the end of a program."""
    sys.__excepthook__(type(exception), exception, getattr(exception, "__traceback__", None))


def traceback_print(traceback, file):
    """Prints a traceback without help from the library."""
    printer, stderr = sys.modules.get("traceback"), sys.stderr
    text = io.StringIO()
    sys.modules["traceback"], sys.stderr = None, text
    try:
        sys.__excepthook__(Exception, Exception().with_traceback(traceback), traceback)
    finally:
        sys.modules["traceback"], sys.stderr = printer, stderr
    file.write(text.getvalue().removesuffix("Exception\n"))


def raise_exception(exception, count):
    """Raises an exception of a class, made with `count` arguments."""
    raise exception(*range(count))
