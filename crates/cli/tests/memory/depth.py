"""Nests things deeply and does something with them: `depth.py N [NAME...]`.

Each line says how an operation on a structure has ended: `ok`, or the name of the exception. Nothing may crash, and
where there is no exception, no native stack is used in proportion to the depth.
"""

import copy
import gc
import pickle
import sys
import types
import weakref


def nested_list(n):
    x = []
    for _ in range(n):
        x = [x]
    return x


def nested_tuple(n):
    x = ()
    for _ in range(n):
        x = (x,)
    return x


def nested_dict(n):
    x = {}
    for _ in range(n):
        x = {1: x}
    return x


def nested_set(n):
    x = frozenset()
    for _ in range(n):
        x = frozenset([Identity(x)])
    return x


class Identity:
    __slots__ = ("x",)

    def __init__(self, x):
        self.x = x


class Node:
    def __init__(self, next):
        self.next = next


class SlotNode:
    __slots__ = ("next", "__weakref__")

    def __init__(self, next):
        self.next = next


class DelNode(SlotNode):
    __slots__ = ()

    def __del__(self):
        pass


def chain(make):
    def build(n):
        x = None
        for _ in range(n):
            x = make(x)
        return x

    return build


def generator_over(x):
    yield x
    yield from x


def started(x):
    g = generator_over(x)
    next(g)
    return g


def waiting(n):
    """Generators that have begun, each of which waits for the next."""

    def level(n):
        if n:
            yield from level(n - 1)
        yield n

    sys.setrecursionlimit(n + 1000)
    try:
        g = level(n)
        next(g)
    finally:
        sys.setrecursionlimit(1000)
    return g


def exceptions(n):
    e = ValueError()
    for _ in range(n):
        f = ValueError()
        f.__context__ = e
        e = f
    return e


def causes(n):
    e = ValueError()
    for _ in range(n):
        f = ValueError()
        f.__cause__ = e
        e = f
    return e


def groups(n):
    e = ValueError()
    for _ in range(n):
        e = ExceptionGroup("g", [e])
    return e


def closures(x):
    def f():
        return x

    return f


def with_weakref(x):
    node = SlotNode(x)
    node.next = (x, weakref.ref(node))
    return node


async def coroutine(x):
    await x


BUILDERS = {
    "list": nested_list,
    "tuple": nested_tuple,
    "dict": nested_dict,
    "frozenset": nested_set,
    "node": chain(Node),
    "slot node": chain(SlotNode),
    "node with __del__": chain(DelNode),
    "node with weakref": chain(with_weakref),
    "generator": chain(lambda x: generator_over(x or ())),
    "started generator": chain(lambda x: started(x or ())),
    "waiting generator": waiting,
    "exception context": exceptions,
    "exception cause": causes,
    "exception group": groups,
    "map": chain(lambda x: map(abs, x or ())),
    "zip": chain(lambda x: zip(x or ())),
    "filter": chain(lambda x: filter(None, x or ())),
    "enumerate": chain(lambda x: enumerate(x or ())),
    "closure": chain(closures),
    "bound method": chain(lambda x: types.MethodType(x or len, x)),
    "slice": chain(slice),
    "property": chain(property),
    "partial": chain(lambda x: __import__("functools").partial(max, x)),
    "deque": chain(lambda x: __import__("collections").deque([x])),
    "namespace": chain(lambda x: types.SimpleNamespace(x=x)),
    "chain": chain(lambda x: __import__("itertools").chain(x or ())),
    "islice": chain(lambda x: __import__("itertools").islice(x or (), 5)),
    "cell": chain(types.CellType),
    "mappingproxy": chain(lambda x: types.MappingProxyType(x or {})),
    "generic alias": chain(lambda x: types.GenericAlias(list, (x,))),
}


def collect(x):
    gc.collect()


def cycle(x):
    keep = [x]
    keep.append(keep)
    del keep, x
    gc.collect()


def equal(build):
    def f(x):
        return x == build(N)

    return f


def iterate(x):
    return next(iter(x), None)


# On one structure, one after the other; `iterate` uses it up.
OPERATIONS = {
    "collect": collect,
    "repr": repr,
    "str": str,
    "hash": hash,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": pickle.dumps,
    "less": lambda x: x < x,
    "referents": gc.get_referents,
    "length": len,
    "truth": bool,
    "iterator": iter,
    "attribute": lambda x: x.no_such_attribute,
    "iterate": iterate,
}

ITERATORS = {"map", "zip", "filter", "enumerate", "chain", "islice", "generator", "started generator"}


def attempt(operation, *arguments):
    try:
        result = operation(*arguments)
        del result
    except (RecursionError, TypeError, pickle.PicklingError, AttributeError, MemoryError) as e:
        e.__traceback__ = None
        return type(e).__name__
    return "ok"


def try_all(name, build):
    def say(what, how):
        print(f"{name}, {what}: {how}", flush=True)

    try:
        x = build(N)
    except RecursionError:
        say("build", "cannot be built")
        return
    for what, operation in OPERATIONS.items():
        if what != "iterate" or name in ITERATORS:
            say(what, attempt(operation, x))
    if name in ("list", "tuple", "dict", "slice", "cell"):
        say("equal", attempt(equal(build), x))
    del x
    say("free", "ok")
    say("cycle", attempt(lambda: cycle(build(N))))


def main(names):
    import warnings

    warnings.simplefilter("ignore")
    for name, build in BUILDERS.items():
        if not names or name in names:
            try_all(name, build)


if __name__ == "__main__":
    N = int(sys.argv[1])
    main(sys.argv[2:])
