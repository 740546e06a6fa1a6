"""Stands in for the module of CPython's test build; see `_standin`."""

import _standin

__getattr__ = _standin.lookup(__name__)
