"""Fills the memory that there is with one kind of thing, twice, and goes on: `limit.py [KIND...]`.

To be run under a limit on the address space. Prints for each kind how it has ended, each time: nothing but `MemoryError` is
right. What a failure leaves must be free again: the second time as much is to be had as the first.
"""

import collections
import functools
import sys


class Plain:
    def __init__(self, i):
        self.a = self.b = self.c = i


class Slots:
    __slots__ = ("a", "b")


MANY = {
    "ints": lambda i: i << 80,
    "strings": lambda i: f"{i:0100}",
    "bytes": lambda i: b"%0100d" % i,
    "tuples": lambda i: (i, i, i),
    "lists": lambda i: [i] * 10,
    "lists that grew": lambda i: [x for x in range(30)],
    "dicts": lambda i: {i: i, "a": i},
    "sets": lambda i: {i, 2, 3, 4, 5, 6, 7, 8},
    "instances": Plain,
    "slots": lambda i: Slots(),
    "functions": lambda i: lambda: i,
    "exceptions": ValueError,
    "deques": lambda i: collections.deque([i]),
    "bytearrays": lambda i: bytearray(50),
    "partials": lambda i: functools.partial(print, i),
    "compiled": lambda i: compile(f"def f(a): return a + {i}", "f", "exec"),
}


def one_list():
    x = []
    while True:
        x.append(x)


def one_dict():
    x = {}
    while True:
        x[len(x)] = x


def one_set():
    x = set()
    while True:
        x.add(len(x))


def one_string():
    x = "x"
    while True:
        x += x


def one_chain():
    x = None
    while True:
        x = [x]


ONE = {"list": one_list, "dict": one_dict, "set": one_set, "string": one_string, "chain": one_chain}


def fill(make):
    kept = []
    while True:
        kept.append(make(len(kept)))


def attempt(work):
    try:
        work()
    except BaseException as e:
        # The frames hold what fills the memory, those of an exception that was being handled, too.
        e.__traceback__ = e.__context__ = None
        return type(e).__name__


def main(names):
    kinds = {name: functools.partial(fill, make) for name, make in MANY.items()} | ONE
    for name in names or kinds:
        ends = [attempt(kinds[name]) for _ in range(2)]
        print(f"{name}: {' '.join(ends)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
