"""Stands in for the module of CPython's test build; see `_standin`."""

import _standin

globals().update(_standin.LIMITS)
__getattr__ = _standin.lookup(__name__)


def get_c_recursion_remaining():
    """How deep C code may still go: tests nest things a multiple of this deep."""
    return 10_000
