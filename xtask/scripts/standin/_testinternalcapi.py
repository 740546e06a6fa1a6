"""Stands in for the module of CPython's test build; see `_standin`."""

import ast
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


# Executions after which an instruction is surely specialised, and misses after which it is specialised anew:
# `WARM_UP` and `PATIENCE` of the virtual machine, and one more.
SPECIALIZATION_THRESHOLD = 5
SPECIALIZATION_COOLDOWN = 26

# Names that instances of one class may have before their layout changes, in CPython.
SHARED_KEYS_MAX_SIZE = 30


def get_next_dict_keys_version():
    """Versions of namespaces have 32 bits: tests never run out of them."""
    return 0


try:
    # The stages of Taipan's compiler, in a module of its own.
    from _compiler import compiler_codegen, new_instruction_sequence, optimize_cfg  # noqa: F401
except ImportError:
    pass


# Sizes of what lies before and at the head of objects.
SIZEOF_PYOBJECT = 16
SIZEOF_PYGC_HEAD = 16
SIZEOF_MANAGED_PRE_HEADER = 16


def compiler_cleandoc(text):
    """A docstring as the compiler keeps it."""
    tree = ast.Module([ast.Expr(ast.Constant(text))], [])
    namespace = {}
    exec(compile(ast.fix_missing_locations(tree), "<docstring>", "exec"), namespace)
    return namespace["__doc__"]


def run_in_subinterp_with_config(code, config):
    """Runs source in a new interpreter; 0 when it ends without an exception, else -1."""
    return _standin.run_in_interpreter(code, config)


def get_co_localskinds(code):
    """What each local variable of a code object is, as bits."""
    ARGS_POSITIONAL, ARGS_KEYWORD, ARGS_VARIABLE = 2, 4, 8
    LOCAL, CELL, FREE = 32, 64, 128
    kinds = {name: LOCAL for name in code.co_varnames}
    for name in code.co_cellvars:
        kinds[name] = kinds.get(name, 0) | CELL
    kinds.update((name, FREE) for name in code.co_freevars)
    names = iter(code.co_varnames)
    flags = [ARGS_POSITIONAL] * code.co_posonlyargcount
    flags += [ARGS_POSITIONAL | ARGS_KEYWORD] * (code.co_argcount - code.co_posonlyargcount)
    flags += [ARGS_KEYWORD] * code.co_kwonlyargcount
    flags += [ARGS_VARIABLE | ARGS_POSITIONAL] * bool(code.co_flags & 4)
    flags += [ARGS_VARIABLE | ARGS_KEYWORD] * bool(code.co_flags & 8)
    for name, flag in zip(names, flags):
        kinds[name] |= flag
    return kinds
