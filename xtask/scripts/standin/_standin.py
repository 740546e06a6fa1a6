"""What stands in for the C modules of CPython's own test build.

A test module may import them and look names up; calling what only C code could do skips the test that does so.
"""

import sys
import unittest


class Missing:
    """A function or class of CPython's C code. Using it skips the test."""

    def __init__(self, name):
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args, **kwargs):
        # Test modules make instances while they load; a test that uses one is skipped.
        if self.__name__.rpartition(".")[2][:1].isupper():
            return Missing(f"{self.__name__}()")
        raise unittest.SkipTest(f"{self.__name__} is CPython's C code")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(f"{self.__name__}.{name}")

    def __repr__(self):
        return f"<stand-in for {self.__name__}>"


def lookup(module):
    """`__getattr__` of a module that stands in for `module`."""

    def __getattr__(name):
        if name.startswith("__"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return Missing(f"{module}.{name}")

    return __getattr__


# Limits of C's types on 64-bit Linux, which tests of conversions compare with.
LIMITS = {
    "CHAR_MAX": 127,
    "CHAR_MIN": -128,
    "UCHAR_MAX": 255,
    "SHRT_MAX": 2**15 - 1,
    "SHRT_MIN": -(2**15),
    "USHRT_MAX": 2**16 - 1,
    "INT_MAX": 2**31 - 1,
    "INT_MIN": -(2**31),
    "UINT_MAX": 2**32 - 1,
    "LONG_MAX": 2**63 - 1,
    "LONG_MIN": -(2**63),
    "ULONG_MAX": 2**64 - 1,
    "LLONG_MAX": 2**63 - 1,
    "LLONG_MIN": -(2**63),
    "ULLONG_MAX": 2**64 - 1,
    "PY_SSIZE_T_MAX": sys.maxsize,
    "PY_SSIZE_T_MIN": -sys.maxsize - 1,
    "SIZE_MAX": 2**64 - 1,
    "FLT_MAX": 3.4028234663852886e38,
    "FLT_MIN": 1.1754943508222875e-38,
    "DBL_MAX": sys.float_info.max,
    "DBL_MIN": sys.float_info.min,
    "SIZEOF_VOID_P": 8,
    "SIZEOF_WCHAR_T": 4,
    "SIZEOF_TIME_T": 8,
    "SIZEOF_PID_T": 4,
    "WITH_PYMALLOC": False,
    "Py_Version": sys.hexversion,
}
