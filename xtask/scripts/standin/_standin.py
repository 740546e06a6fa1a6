"""What stands in for the C modules of CPython's own test build.

A test module may import them and look names up; a test that uses what only C code can do is skipped, with a reason that
begins with `MARK`, by which `cargo xtask conformance` counts it apart. `NEEDS_C` lists all that is skipped so, and why.
A name that it does not list does not exist: what Python can do honestly is written out in the module that has it.
"""

import fnmatch
import os
import sys
import unittest

# How the reason of each of these skips begins.
MARK = "needs CPython's C: "
# The variable that names the file in which each skip is noted, for those that happen in child processes.
NOTES = "TAIPAN_STANDIN_NOTES"

# Names (`*` stands for anything), by the reason why only C has them.
NEEDS_C = {
    "C functions and types made to be called by each of C's calling conventions": """
        _testcapi.Meth* _testcapi.meth_* _testcapi.pyobject_fastcalldict _testcapi.pyobject_vectorcall
        _testcapi.pyvectorcall_call _testcapi.pycfunction_call _testcapi.make_vectorcall_class
        _testcapi.has_vectorcall_flag _testcapi.function_setvectorcall _testlimitedcapi.call_vectorcall*
        _testlimitedcapi.Limited* _testinternalcapi.set_vectorcall_nop _testcapi.create_cfunction
        _testcapi.bad_get""",
    "types made in C, with slots or a layout that no Python class can have": """
        _testcapi.HeapC* _testcapi.Heap*WithBuffer _testcapi.pytype_fromspec_meta _testcapi.awaitType _testcapi.Generic
        _testcapi.GenericAlias _testcapi.ContainerNoGC _testcapi.with_tp_del _testcapi.without_gc
        _testcapi.RecursingInfinitelyError _testcapi.getbuffer_with_null_view _testbuffer.*""",
    "C functions whose signature is read from their docstring": """
        _testcapi.docstring_* _testcapi.DocString* _testcapi.test_with_docstring _testclinic.*""",
    "a function of the C API, which Python code does not reach": """
        _testcapi.raise_exception _testcapi.err_givenexceptionmatches _testcapi.fatal_error _testcapi.pymarshal_*
        _testcapi.Py_CompileStringExFlags
        _testlimitedcapi.object_hasattrstring _testlimitedcapi.sequence_* _testinternalcapi.dict_getitem_knownhash
        _testcapi.settrace_to_error _testcapi.raise_SIGINT_then_send_None _testcapi.set_errno
        _testcapi.frame_* _testcapi.tracemalloc_* _testinternalcapi._PyTraceMalloc_GetTraceback
        _testcapi.test_pymem_alloc0 _testcapi.PyTime_AsSecondsDouble _testinternalcapi._PyTime_*
        _testinternalcapi.DecodeLocaleEx _testinternalcapi.EncodeLocaleEx _xxtestfuzz.*
        _testcapi.test_datetime_capi _testcapi.datetime_* _testcapi.PyDateTime_* _testcapi.get_date* _testcapi.get_delta*
        _testcapi.get_time* _testcapi.make_timezones_capi
        ctypes.pythonapi.*""",
    "monitoring events that C code reports": """
        _testcapi.fire_event_* _testcapi.monitoring_*""",
    "threads that C code starts or ends": """
        _testcapi.call_in_temporary_c_thread _testcapi.join_temporary_c_thread _testcapi.finalize_thread_hang
        _testcapi._spawn_pthread_waiter _testcapi._end_spawned_pthread""",
    "hooks of C's allocator, which make an allocation fail": """
        _testcapi.set_nomemory _testcapi.remove_mem_hooks""",
    "CPython's own allocator and how its objects lie in memory": """
        _testinternalcapi.pymem_getallocatorsname _testinternalcapi.get_tracked_heap_size
        _testinternalcapi.get_long_lived_total _testinternalcapi.has_inline_values
        _testinternalcapi.get_object_dict_values _testinternalcapi.get_stack_*""",
    "a data structure that CPython does not show to programs": """
        _testinternalcapi.hamt""",
    "the version numbers of types, which CPython does not show to programs": """
        _testcapi.type_get_version _testcapi.type_assign_version
        _testinternalcapi.type_assign_specific_version_unsafe _testlimitedcapi.type_modified""",
    "an analysis of code objects that CPython does not show to programs": """
        _testinternalcapi.code_returns_only_none _testinternalcapi.get_code_var_counts
        _testinternalcapi.verify_stateless_code""",
    "the optimiser of traces": """
        _testinternalcapi.TIER2_THRESHOLD""",
    "interpreters made by C code": """
        _testinternalcapi.create_interpreter _testinternalcapi.destroy_interpreter
        _testinternalcapi.exec_interpreter _testinternalcapi.next_interpreter_id""",
    "modules compiled from C into shared libraries": """
        _testinternalcapi.clear_extension _testsinglephase.* _testmultiphase.*""",
}
REASONS = [(pattern, reason) for reason, patterns in NEEDS_C.items() for pattern in patterns.split()]


def _reason(name):
    """Why only C has `name`, or None."""
    return next((reason for pattern, reason in REASONS if fnmatch.fnmatchcase(name, pattern)), None)


def _loading():
    """Whether a test module is being loaded or a test prepared, which is when a name may be used in passing."""
    frame, outer, loading = sys._getframe(2), "", False
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name == "unittest.case":
            # A skip in `setUp` would leave undone what `tearDown` does.
            return outer == "setUp"
        outer = frame.f_code.co_name
        loading = loading or frame.f_code.co_name == "<module>" and name.startswith("test.")
        frame = frame.f_back
    return loading


class Missing:
    """A function or class of CPython's C code. Using it skips the test."""

    def __init__(self, name, reason):
        self.__name__ = self.__qualname__ = name
        self.__reason = reason

    def __skip(self):
        reason = f"{MARK}{self.__name__}: {self.__reason}"
        if path := os.environ.get(NOTES):
            with open(path, "a", encoding="utf-8") as notes:
                notes.write(f"{reason}\n")
        raise unittest.SkipTest(reason)

    def __call__(self, *args, **kwargs):
        # Test modules make instances while they load.
        if _loading():
            return Missing(f"{self.__name__}()", self.__reason)
        self.__skip()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if _loading():
            return Missing(f"{self.__name__}.{name}", self.__reason)
        self.__skip()

    def __mro_entries__(self, bases):
        self.__skip()

    def __repr__(self):
        return f"<stand-in for {self.__name__}>"


def lookup(module):
    """`__getattr__` of a module that stands in for `module`."""

    def __getattr__(name):
        full = f"{module}.{name}"
        if name.startswith("__") or (reason := _reason(full)) is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        missing = Missing(full, reason)
        return missing if _loading() else missing()

    return __getattr__


class PythonApi:
    """Stands in for `ctypes.pythonapi`, CPython's functions for C."""

    __getattr__ = staticmethod(lookup("ctypes.pythonapi"))


def replace_python_api(module):
    """Puts the stand-in into `ctypes` if the source of a test module speaks of it."""
    import importlib.util

    spec = importlib.util.find_spec(module)
    if spec is None or not spec.has_location:
        return
    with open(spec.origin, encoding="utf-8", errors="replace") as file:
        if "pythonapi" not in file.read():
            return
    import ctypes

    ctypes.pythonapi = PythonApi()


def run_in_interpreter(code, config):
    """Runs source in a new interpreter; 0 when it ends without an exception, else -1."""
    import _interpreters

    interpreter = _interpreters.create(config)
    try:
        failure = _interpreters.exec(interpreter, code)
    finally:
        _interpreters.destroy(interpreter)
    if failure is not None:
        print(failure.errdisplay, file=sys.stderr)
    return 0 if failure is None else -1


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
