"""Stands in for the module of CPython's test build; see `_standin`."""

import _standin
from _standin import Missing

globals().update(_standin.LIMITS)
__getattr__ = _standin.lookup(__name__)


def _skips_instances(cls):
    """A class whose instances only C code could make: making one skips the test."""

    def __new__(cls, *args, **kwargs):
        return _standin.Missing(f"an instance of {cls.__name__}")()

    return type(cls.__name__, (cls,), {"__new__": __new__, "__module__": cls.__module__})


# Decorators of classes: a finaliser of the old kind, and no part in collections.
with_tp_del = without_gc = _skips_instances


def config_get(name):
    """What the command line and the environment set, as far as programs can see it."""
    import os
    import sys

    if name == "code_debug_ranges":
        return int("no_debug_ranges" not in sys._xoptions and not os.environ.get("PYTHONNODEBUGRANGES"))
    return Missing(f"_testcapi.config_get({name!r})")()
