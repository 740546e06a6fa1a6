"""What a start uses, for `crates/pylib/build/prebuilt.rs`: names that are hashed, functions that are called.

Printed are lines `name TEXT` and `code FILE LINE QUALNAME`, files below the library's folder. Names come in the order in which
modules and classes were filled, which is about the order of their use: neighbours in memory are used together.
"""
import sys

names = sys._taipan_names() if hasattr(sys, "_taipan_names") else []

import gc
from opcode import _inline_cache_entries, opname

caches = {number: _inline_cache_entries.get(name, 0) for number, name in enumerate(opname)}
WARM_UP = 3


def was_called(code):
    """Whether instructions have counted or specialised themselves."""
    plain, now = code.co_code, code._co_code_adaptive
    at = 0
    while at < len(plain):
        count = caches.get(plain[at], 0)
        if now[at] != plain[at] or count and now[at + 2] != WARM_UP:
            return True
        at += 2 + 2 * count
    return False


def place(code):
    file = code.co_filename
    if file.startswith("<frozen "):
        return file[8:-1].replace(".", "/") + ".py"
    return file.removeprefix(sys._stdlib_dir + "/")


def visit(code):
    if code in seen:
        return
    seen.add(code)
    if was_called(code):
        called.add((place(code), code.co_firstlineno, code.co_qualname))
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            visit(constant)


seen, called = set(), set()
own = sys._getframe().f_code
for function in gc.get_objects():
    if type(function) is type(visit) and function.__code__.co_filename != own.co_filename:
        visit(function.__code__)
order = {}
for module in list(sys.modules.values()):
    for name, value in vars(module).items():
        order.setdefault(name)
        if isinstance(value, type) and value.__module__ == module.__name__:
            order.update(dict.fromkeys(vars(value)))
places = {name: at for at, name in enumerate(order)}
for name in sorted((n for n in names if n.isascii() and "\n" not in n), key=lambda n: (places.get(n, len(places)), n)):
    print("name", name)
for file, line, name in sorted(called):
    print("code", file, line, name)
