# __slots__: layout, inheritance, errors.
class P:
    __slots__ = ("x", "y")
    def __init__(self, x, y=None): self.x = x; self.y = y
p = P(1)
print(p.x, p.y, P.__slots__, hasattr(p, "__dict__"), hasattr(p, "__weakref__"), type(P.x).__name__)
for e in ("p.z = 1", "p.__dict__", "del p.x; p.x", "del p.q", "vars(p)", "p.y; p.y = 2; del p.y; del p.y", "__import__('weakref').ref(p)"):
    try:
        exec(e); print(e, "ok")
    except (AttributeError, TypeError) as err:
        print(e, "->", type(err).__name__, err)
class Q(P): __slots__ = ("z",)
class R(P): pass
class S(P): __slots__ = "single"
class T: __slots__ = ("__dict__", "a")
class U: __slots__ = ["__weakref__"]
class V: __slots__ = {"a": "doc of a", "b": None}
q = Q(1); q.z = 3; r = R(1); r.any = 5; s = S(1); s.single = 9; t = T(); t.a = 1; t.b = 2
print(q.z, q.y, r.__dict__, s.single, t.__dict__, t.a, V.a.__doc__, V.__slots__, R.__dict__.get("__slots__"))
for src in ("class X: __slots__ = ('a', 'a')", "class X:\n a = 1\n __slots__ = ('a',)", "class X: __slots__ = ('1a',)", "class X: __slots__ = (5,)", "class X: __slots__ = 5", "class X(int): __slots__ = ('a',)", "class X(tuple): __slots__ = ('a',)", "class X(P, T): __slots__ = ()", "class X(Q, S): pass", "class X: __slots__ = ('__dict__', '__dict__')", "class X(R): __slots__ = ('__dict__',)", "class X(int): __slots__ = ()", "class X: __slots__ = ('__weakref__', '__weakref__')", "class X: __slots__ = ('_X__m', '__m')"):
    try:
        exec(src); print("ok")
    except (TypeError, ValueError) as err:
        print(type(err).__name__, err)
class Private:
    __slots__ = ("__secret",)
    def __init__(self): self.__secret = 5
    def get(self): return self.__secret
print(Private().get(), Private()._Private__secret, Private.__slots__)
import copy, pickle
class Pt:
    __slots__ = ("a", "b")
    def __init__(self): self.a = [1]; self.b = 2
o = Pt(); c = copy.copy(o); d = copy.deepcopy(o)
print(c.a is o.a, d.a is o.a, d.b, o.__getstate__(), o.__reduce_ex__(2)[0].__name__, pickle.loads(pickle.dumps(o)).a)
class E: __slots__ = ()
e = E()
try:
    e.x = 1
except AttributeError as err:
    print(err)
class I(int): __slots__ = ()
print(I(5) + 1, hasattr(I(5), "__dict__"))
class Weird:
    __slots__ = ("v",)
    def __getattr__(self, n): return f"missing {n}"
w = Weird(); print(w.v, w.zz); w.v = 1; print(w.v)
class Dflt:
    __slots__ = ("v",)
class Sub(Dflt): v = "class level"
try:
    Sub().v = 5; s = Sub(); s.v = 5; print(s.v, s.__dict__)
except AttributeError as err:
    print(err)
a, b = P.__new__(P), Q(2)
try:
    b.__class__ = P
except TypeError as err:
    print(err)
class P2:
    __slots__ = ("x", "y")
a.x = 1; 
try:
    a.__class__ = P2; print(type(a).__name__)
except TypeError as err:
    print(err)
