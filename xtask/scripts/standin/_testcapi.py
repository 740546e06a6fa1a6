"""Stands in for the module of CPython's test build; see `_standin`."""

import io
import sys

import _standin

globals().update(_standin.LIMITS)
__getattr__ = _standin.lookup(__name__)


def _skips_instances(cls):
    """A class whose instances only C code could make: making one skips the test."""

    def __new__(cls, *args, **kwargs):
        return __getattr__("with_tp_del")()

    return type(cls.__name__, (cls,), {"__new__": __new__, "__module__": cls.__module__})


# Decorators of classes: a finaliser of the old kind, and no part in collections.
with_tp_del = without_gc = _skips_instances

# A quiet NaN has its most significant bit set.
nan_msb_is_signaling = False


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


def raise_memoryerror():
    """Asks for more memory than there can be."""
    bytearray(sys.maxsize)


def make_exception_with_doc(name, doc=None, base=Exception, dict={}):
    """A new class of exceptions; `name` is module and class."""
    module, dot, short = name.rpartition(".")
    if not dot:
        raise SystemError("PyErr_NewException: name must be module.class")
    namespace = {"__module__": module, **dict}
    if doc is not None:
        namespace["__doc__"] = doc
    return type(short, base if isinstance(base, tuple) else (base,), namespace)


class _Relabelled:
    """The present `sys.unraisablehook`, told another message and object than the interpreter does."""

    def __init__(self, message, object):
        self.hook, self.message, self.object = sys.unraisablehook, message, object

    def __call__(self, args):
        self.hook(type(args)((*args[:3], self.message, self.object)))

    def __repr__(self):
        return repr(self.hook)


def _unraisable(exception, message, object):
    """Lets a finaliser fail."""

    class Failing:
        def __del__(self):
            raise exception

    hook = sys.unraisablehook
    sys.unraisablehook = _Relabelled(message, object)
    try:
        Failing()
    finally:
        sys.unraisablehook = hook


def err_writeunraisable(exception, object):
    """Reports an exception that cannot be raised."""
    _unraisable(exception, None, object)


def err_formatunraisable(exception, format, *args):
    """The same, with a message; of C's formats there is `%R`."""
    _unraisable(exception, format and format.replace("%R", "%r") % args, None)


def run_in_subinterp(code):
    """Runs source in a new interpreter; 0 when it ends without an exception, else -1."""
    return _standin.run_in_interpreter(code, "legacy")


def W_STOPCODE(signal):
    """The status of a process that a signal stopped."""
    return signal << 8 | 0x7F


def code_newempty(filename, name, line):
    """A code object that fails with `AssertionError`, for frames that are made up."""
    code = compile("raise AssertionError", filename, "exec")
    return code.replace(co_name=name, co_qualname=name, co_firstlineno=line)


def code_offset_to_line(code, offset):
    """The line of an instruction."""
    return next((line for start, end, line in code.co_lines() if start <= offset < end and line is not None), -1)


# Numbers of the events that C's trace functions get.
_WHAT = {"call": 0, "exception": 1, "line": 2, "return": 3, "c_call": 4, "c_exception": 5, "c_return": 6, "opcode": 7}


def settrace_to_record(events):
    """Appends number, line and argument of each event to a list."""

    def record(frame, event, arg):
        events.append((_WHAT[event], frame.f_lineno, arg))
        return record

    sys.settrace(record)


class CodeLike:
    """What C code that reports monitoring events of its own has in place of a code object."""

    def __init__(self, offsets):
        self.offsets = offsets
