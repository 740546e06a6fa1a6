"""Stands in for the module of CPython's test build; see `_standin`."""

import codecs

import _standin

globals().update(_standin.LIMITS)
__getattr__ = _standin.lookup(__name__)


def _py_getbuiltwithassert():
    """Whether the interpreter checks itself with C's `assert`."""
    return False


def codec_incrementalencoder(encoding, errors="strict"):
    return codecs.getincrementalencoder(encoding)(errors)


def codec_incrementaldecoder(encoding, errors="strict"):
    return codecs.getincrementaldecoder(encoding)(errors)
