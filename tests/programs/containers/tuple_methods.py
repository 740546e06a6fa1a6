# tuple: operations, hashing, comparison, subclassing.
t = (1, "a", None)
print(t, (), (1,), t + (2,), t * 2, t[0], t[-1], t[::-1], len(t), "a" in t, t.count(1), t.index("a"), hash((1, 2)) == hash((1, 2)), tuple("ab"), tuple([1]), tuple(x for x in "q"), (1, 2) < (1, 3), (1,) < (1, 0), (1, "a") == (1, "a"))
a, b, c = t
print(a, b, c, {(1, 2): "k"}[1, 2], sorted([(2, 1), (1, 2), (1, 1)]), max((1, 2), (1, 3)), *t, (*t, 4), tuple({1: 2}), ((1, 2), [3])[1])
print(hash(()), hash((1,)), hash((1, 2, 3)), hash((1.0,)) == hash((1,)), hash(((1, 2), (3, 4))), hash((-1,)), hash((0, 0)))
for e in ("t[3]", "t['a']", "t + [1]", "t * 'a'", "t.index(9)", "hash(([],))", "tuple(1)", "tuple(1, 2)", "t < 5", "(1, 'a') < (1, 2)", "t.append(1)", "t.__setitem__(0, 1)", "(1, 2).count()", "(0,) * 10**18", "tuple(sequence=[1])", "(1, 2).index(1, 1)", "()[0]"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
class T(tuple):
    def __new__(cls, *args): return super().__new__(cls, args)
    def __repr__(self): return f"T{super().__repr__()}"
    @property
    def x(self): return self[0]
u = T(1, 2)
u.extra = 5
print(u, u.x, u.extra, u == (1, 2), u + (3,), type(u[:]), hash(u) == hash((1, 2)), isinstance(u, tuple), {u: 1}[(1, 2)], tuple(u), type(tuple(u)))
from collections import namedtuple
P = namedtuple("P", "x y z", defaults=[0])
p = P(1, y=2)
print(p, p.x, p[1], p._fields, p._asdict(), p._replace(x=9), P._make([1, 2, 3]), P._field_defaults, p == (1, 2, 0), [*p], P.__doc__, p.__getnewargs__(), P.x.__doc__, P.__match_args__)
print(namedtuple("Q", ["a", "class", "a", "_b"], rename=True)._fields, namedtuple("R", "a,b").__module__, p.__slots__, P.__new__.__defaults__)
for e in ("P(1)", "P(1, 2, 3, 4)", "P(x=1, q=2)", "namedtuple('1a', 'x')", "namedtuple('A', 'class')", "namedtuple('A', 'a a')", "namedtuple('A', '_x')", "p._replace(q=1)", "P._make([1])", "p.x.__class__.q", "setattr(p, 'x', 1)", "setattr(p, 'q', 1)", "namedtuple('A', 'x', defaults=[1, 2])"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
class Point(namedtuple("Base", "x y")):
    __slots__ = ()
    def __add__(self, o): return Point(self.x + o.x, self.y + o.y)
print(Point(1, 2) + Point(3, 4), Point(1, 2)._replace(y=5), repr(Point(0, 0)))
import typing
class NT(typing.NamedTuple):
    a: int
    b: str = "d"
    def m(self): return self.a
print(NT(1), NT(1, "x").m(), NT.__annotations__, NT._field_defaults, NT(1) < NT(2))
r = ((), )
print(r, ((((1,),),),), (1, (2, (3,))), ("a",) * 3, (None,))
