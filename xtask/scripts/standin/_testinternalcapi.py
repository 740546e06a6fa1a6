"""Stands in for the module of CPython's test build; see `_standin`."""

import sys

import _standin

globals().update(_standin.LIMITS)
__getattr__ = _standin.lookup(__name__)


def get_c_recursion_remaining():
    """How deep C code may still go: tests nest things a multiple of this deep."""
    return 10_000


def get_recursion_depth():
    """How many calls count towards `sys.getrecursionlimit()`."""
    frame, depth = sys._getframe(1), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


# How often tests repeat what is to be specialised.
SPECIALIZATION_THRESHOLD = 100
SPECIALIZATION_COOLDOWN = 100
