# functools: partial, cache, singledispatch, reduce, total_ordering.
from functools import *
import operator
print(reduce(operator.add, [1, 2, 3]), reduce(lambda a, b: a * b, [], 7), reduce(max, "hello"), reduce(lambda a, b: a + b, [1], initial=5))
try:
    reduce(operator.add, [])
except TypeError as e:
    print(e)
p = partial(pow, 2)
print(p(5), p, p.func, p.args, p.keywords, partial(p, 3)(), partial(int, base=2)("101"), partial(print, 1, sep="-").keywords, partial(partial(max, 1), 5).args)
def fn(a, b, c=3, **k): return a, b, c, k
q = partial(fn, Placeholder, 2, c=9)
print(q(1), partial(q, 10)(), repr(Placeholder))
try:
    q()
except TypeError as e:
    print(e)
class PM:
    def __init__(self): self.on = False
    def set(self, v): self.on = v; return self.on
    enable = partialmethod(set, True)
print(PM().enable(), partial(fn, 1)(2, d=4))
calls = []
@lru_cache(maxsize=2)
def sq(x): calls.append(x); return x * x
print([sq(i) for i in (1, 2, 1, 3, 2, 1)], calls, sq.cache_info(), sq.cache_parameters()); sq.cache_clear(); print(sq.cache_info(), sq.__wrapped__(4))
@cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(100), fib.cache_info().currsize)
@lru_cache(typed=True)
def typed(x): return type(x).__name__
print(typed(1), typed(1.0), typed(True), typed.cache_info())
try:
    sq([])
except TypeError as e:
    print(e)
@total_ordering
class V:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n
print(V(1) <= V(1), V(2) > V(1), V(1) >= V(2), sorted([V(2), V(1)])[0].n)
try:
    total_ordering(type("N", (), {}))
except ValueError as e:
    print(e)
@singledispatch
def show(x, *a): return f"object {x}"
@show.register
def _(x: int): return f"int {x}"
@show.register(list)
@show.register(tuple)
def _(x): return f"seq {len(x)}"
@show.register
def _(x: float | None): return f"float or none {x}"
class A: pass
class B(A): pass
show.register(A, lambda x: "A")
print(show("s"), show(1), show(True), show([1]), show((1, 2)), show(1.5), show(None), show(B()), show.dispatch(bool) is show.dispatch(int), len(show.registry))
try:
    show()
except TypeError as e:
    print(e)
class SD:
    @singledispatchmethod
    def go(self, x): return "base"
    @go.register
    def _(self, x: str): return "str"
    @singledispatchmethod
    @classmethod
    def cm(cls, x): return cls.__name__
print(SD().go(1), SD().go("a"), SD.cm(1))
class CP:
    n = 0
    @cached_property
    def v(self): CP.n += 1; return CP.n
c = CP()
print(c.v, c.v, CP.n, c.__dict__, CP().v); del c.v; print(c.v)
class NoDict:
    __slots__ = ()
    @cached_property
    def v(self): return 1
try:
    NoDict().v
except TypeError as e:
    print(e)
print(sorted("bca", key=cmp_to_key(lambda a, b: (a < b) - (a > b))), wraps(fib)(lambda: 0).__name__, WRAPPER_ASSIGNMENTS, cmp_to_key(lambda a, b: 0)(1) == cmp_to_key(lambda a, b: 0)(2))
def g(x: int) -> str: "doc"
g.attr = 1
h = update_wrapper(lambda: 0, g)
print(h.__name__, h.__doc__, h.attr, h.__wrapped__ is g, h.__annotations__)
