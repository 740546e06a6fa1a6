"""Fills the memory that there is with one kind of thing, twice, and goes on: `limit.py [KIND...]`.

To be run under a limit on the address space. Prints for each kind how it has ended, each time: nothing but `MemoryError` is
right. What a failure leaves must be free again: the second time as much is to be had as the first.
"""

import collections
import functools
import gc
import sys
import weakref

sys.set_int_max_str_digits(0)


class Plain:
    def __init__(self, i):
        self.a = self.b = self.c = i


class Slots:
    __slots__ = ("a", "b")


class Finalised:
    deaths = 0

    def __del__(self):
        Finalised.deaths += 1


class BareFinalised:
    __slots__ = ()

    def __del__(self):
        pass


LONG = 3**1_000_000
SHORT = 3**3000


def weakly_referenced(i):
    x = Plain(i)
    return x, weakref.ref(x), weakref.ref(x, len)


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
    "finalised": lambda i: Finalised(),
    "finalised, bare": lambda i: BareFinalised(),
    "weakly referenced": weakly_referenced,
    "products": lambda i: LONG * SHORT,
    "quotients": lambda i: LONG // SHORT,
    "texts of ints": lambda i: hex(LONG),
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


def one_power():
    x = 3**256
    while True:
        x **= 256


def one_shift():
    x = 3
    while True:
        x <<= x.bit_length()


def one_int_of_text():
    n = 1 << 20
    while True:
        int("9" * n)
        n <<= 3


def one_huge_power():
    return 10**10**12


collected = []


def one_heap_of_garbage():
    """Nothing but garbage in cycles, with finalisers and weak references here and there, and no collection before the end."""
    gc.disable()
    n = 0
    try:
        while True:
            x = [None]
            x[0] = x
            if n % 1000 == 0:
                y = Finalised()
                y.x = x, y, weakref.ref(y), weakref.ref(y, len)
            n += 1
    finally:
        x = y = None
        n = gc.collect()
        gc.enable()
        collected.append(n)
        if n < max(collected) * 0.9:
            raise AssertionError(collected)


def sort_all(make):
    kept = []
    try:
        while True:
            kept.append(make(len(kept)))
    except MemoryError:
        # The list's own memory, now for its sorting.
        del kept[len(kept) // 2 :]
        while True:
            kept.sort()
            if not all(map(lambda a, b: a <= b, kept, kept[1:100_000])):
                raise AssertionError("in no order")
            kept.extend(kept[: 1 + len(kept) // 8])


ONE = {
    "list": one_list,
    "dict": one_dict,
    "set": one_set,
    "string": one_string,
    "chain": one_chain,
    "power": one_power,
    "shift": one_shift,
    "int of text": one_int_of_text,
    "huge power": one_huge_power,
    "garbage": one_heap_of_garbage,
    "sorted ints": lambda: sort_all(lambda i: i * 0x9E3779B1 & 0xFFFFFFF),
    "sorted floats": lambda: sort_all(lambda i: (i * 0x9E3779B1 & 0xFFFFFFF) / 3),
    "sorted strings": lambda: sort_all(lambda i: str(i * 0x9E3779B1 & 0xFFFFFFF)),
    "sorted tuples": lambda: sort_all(lambda i: (i * 0x9E3779B1 & 0xFFFFFFF,)),
}


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
