# The code of the functions that a start has made is that of the frozen modules, made anew.
import _imp
import gc
import sys

FIELDS = [name for name in dir(sys._getframe().f_code) if name.startswith("co_") and name not in ("co_lnotab", "co_consts")]


def key(code):
    return code.co_filename, code.co_firstlineno, code.co_qualname


def with_inner(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from with_inner(constant)


def field(code, name):
    value = getattr(code, name)
    return list(value()) if callable(value) else value


def constants(code):
    return [(type(c), c) for c in code.co_consts if not isinstance(c, type(code))]


anew = {}
for name in list(sys.modules):
    if _imp.is_frozen(name):
        for code in with_inner(_imp.get_frozen_object(name)):
            anew[key(code)] = code

compared = 0
for function in gc.get_objects():
    if type(function) is not type(key):
        continue
    for code in with_inner(function.__code__):
        other = anew.get(key(code))
        if other is None or other is code:
            continue
        compared += 1
        for name in FIELDS:
            if field(code, name) != field(other, name):
                print(code.co_qualname, name, field(code, name), field(other, name))
        if constants(code) != constants(other):
            print(code.co_qualname, constants(code), constants(other))
        if any(a is not b for a, b in zip(code.co_names, other.co_names)):
            print(code.co_qualname, "names are interned twice")
print(compared > 300)

# A second import runs the same code.
import os
import importlib

join = os.path.join.__code__
posixpath = importlib.reload(sys.modules["posixpath"])
print(posixpath.join.__code__ == join, posixpath.join("a", "b"))
