"""Bytes that objects of a kind take, as the system counts the process's memory.

`objects.py KIND` makes many of them into a list that has room for them already, and prints how many bytes of resident
memory each has added. A kind that begins with `item` measures the list with them.
"""

import gc
import sys


def resident():
    with open("/proc/self/statm", "rb") as f:
        return int(f.read().split()[1]) * 4096


class Empty:
    pass


class Three:
    def __init__(self, i):
        self.a = self.b = self.c = i


class Ten:
    def __init__(self, i):
        self.a = self.b = self.c = self.d = self.e = self.f = self.g = self.h = self.i = self.j = i


class Slots:
    __slots__ = ("a", "b", "c")

    def __init__(self, i):
        self.a = self.b = self.c = i


def closure(i):
    def f():
        return i

    return f


def generator(i):
    yield i


def started(i):
    g = generator(i)
    next(g)
    return g


async def coroutine(i):
    return i


KINDS = {
    "item int": lambda i: i,
    "item large int": lambda i: i + (1 << 40),
    "item float": lambda i: i + 0.5,
    "int of 70 bits": lambda i: i + (1 << 69),
    "complex": lambda i: complex(i, 1),
    "str of 10": lambda i: f"{i:010}",
    "str of 100": lambda i: f"{i:0100}",
    "bytes of 10": lambda i: b"%010d" % i,
    "tuple of 0": lambda i: (),
    "tuple of 1": lambda i: (i,),
    "tuple of 3": lambda i: (i, i, i),
    "list of 0": lambda i: [],
    "list of 1": lambda i: [i],
    "list of 3": lambda i: [i, i, i],
    "list of 10": lambda i: [i] * 10,
    "list appended 10": lambda i: appended(10, i),
    "list appended 100": lambda i: appended(100, i),
    "dict of 0": lambda i: {},
    "dict of 1": lambda i: {"a": i},
    "dict of 5": lambda i: {"a": i, "b": i, "c": i, "d": i, "e": i},
    "dict of 10": lambda i: dict.fromkeys(TEN, i),
    "dict of 10 ints": lambda i: dict.fromkeys(range(10), i),
    "dict of 100": lambda i: dict.fromkeys(HUNDRED, i),
    "set of 0": lambda i: set(),
    "set of 3": lambda i: {1, 2, 3},
    "set of 10": lambda i: set(TEN),
    "set of 100": lambda i: set(HUNDRED),
    "frozenset of 3": lambda i: frozenset(THREE),
    "deque of 3": lambda i: DEQUE(THREE),
    "bytearray of 10": lambda i: bytearray(10),
    "object": lambda i: object(),
    "instance, 0 attributes": lambda i: Empty(),
    "instance, 3 attributes": Three,
    "instance, 10 attributes": Ten,
    "instance, 3 slots": Slots,
    "instance with __dict__": lambda i: with_dict(i),
    "function": lambda i: lambda: i,
    "closure": closure,
    "bound method": lambda i: METHOD.method,
    "built-in method": lambda i: LIST.append,
    "partial": lambda i: PARTIAL(closure, i),
    "generator": generator,
    "started generator": started,
    "list iterator": lambda i: iter(LIST),
    "exception": lambda i: ValueError(i),
    "cell": lambda i: closure(i).__closure__[0],
    "slice": lambda i: slice(i),
    "range": lambda i: range(i),
    "property": lambda i: property(closure),
    "weakref": lambda i: REF(METHODS[i]),
    "datetime": lambda i: DATETIME(2000, 1, 1),
    "class": lambda i: type("C", (), {}),
    "class with 3 methods": lambda i: class_of_three(),
    "module": lambda i: MODULE("m"),
    "code": lambda i: CODE.replace(co_firstlineno=i),
}

FEWER = {"class", "class with 3 methods", "module", "set of 100", "dict of 100", "list appended 100", "code"}

TEN = [f"key{i}" for i in range(10)]
HUNDRED = [f"key{i}" for i in range(100)]
THREE = [1, 2, 3]
LIST = []
CODE = closure.__code__


class Methods:
    def method(self):
        pass


METHOD = Methods()


def appended(n, i):
    items = []
    for _ in range(n):
        items.append(i)
    return items


def with_dict(i):
    o = Three(i)
    o.__dict__
    return o


def class_of_three():
    class C:
        def a(self):
            pass

        def b(self):
            pass

        def c(self):
            pass

    return C


def main(kind):
    global DEQUE, PARTIAL, REF, DATETIME, MODULE, METHODS
    from collections import deque as DEQUE
    from datetime import datetime as DATETIME
    from functools import partial as PARTIAL
    from types import ModuleType as MODULE
    from weakref import ref as REF

    make = KINDS[kind]
    n = 20_000 if kind in FEWER else 1_000_000
    METHODS = [Methods() for _ in range(n)] if kind == "weakref" else []
    # What lists, caches and the allocator take once.
    warm = [make(i) for i in range(200)]
    del warm
    gc.collect()
    gc.disable()
    before = resident()
    kept = [None] * n
    if not kind.startswith("item"):
        before = resident()
    for i in range(n):
        kept[i] = make(i + 1000) if kind != "weakref" else make(i)
    print((resident() - before) / n)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(*KINDS, sep="\n")
    else:
        main(sys.argv[1])
