"""Closures, decorators, partial functions, calls of every kind."""

import functools
import inspect
import types


def counter():
    n = 0

    def step(by=1):
        nonlocal n
        n += by
        return n

    return step


def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


@logged
def many(a, b=2, /, c=3, *args, d, e=5, **rest):
    """Adds."""
    return a + b + c + sum(args) + d + e + sum(rest.values())


def work():
    step = counter()
    out = [step(), step(by=4), many(1, d=4), many(1, 2, 3, *[4, 5], d=6, **{"f": 7, "g": 8})]
    half = functools.partial(many, 1, d=2)
    out += [half(), half(5, e=1), functools.partial(half, 2)()]

    @functools.lru_cache(maxsize=4)
    def square(n):
        return n * n

    out += [square(i % 6) for i in range(12)]
    out.append(str(inspect.signature(many)))
    out += [f(3) for f in [lambda x, i=i: x + i for i in range(3)]]
    clone = types.FunctionType(step.__code__, {}, "clone", (1,), step.__closure__)
    out.append(clone(2))
    scope = {}
    exec("def g(x):\n    def h(): return x\n    return h\nr = g(9)()", scope)
    out.append(scope["r"])
    out.append([*map(lambda *a: a, range(3), "abc")])
    try:
        many()
    except TypeError as e:
        out.append(str(e))
    return out
