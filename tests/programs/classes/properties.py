# property: getters, setters, deleters, inheritance, docs, errors.
class T:
    def __init__(self, c): self._c = c
    @property
    def c(self): "celsius"; return self._c
    @c.setter
    def c(self, v):
        if v < -273: raise ValueError("too cold")
        self._c = v
    @c.deleter
    def c(self): print("deleting"); self._c = None
    @property
    def f(self): return self._c * 9 / 5 + 32
    @f.setter
    def f(self, v): self.c = (v - 32) * 5 / 9
t = T(100)
print(t.c, t.f, T.c.__doc__, T.c.fget.__name__, T.f.fdel, T.c.__name__); t.c = 5; t.f = 212; print(t.c); del t.c; print(t.c)
try:
    t.c = -300
except ValueError as e:
    print(e)
class R:
    @property
    def ro(self): return 1
    w = property(None, lambda self, v: print("w", v), doc="write only")
    e = property()
r = R(); r.w = 5
for s in ("r.ro = 2", "del r.ro", "r.w", "del r.w", "r.e", "r.e = 1", "del r.e", "R.ro.fget = 1", "property(1, 2, 3, 4, 5)", "R.ro()", "r.nope", "r.ro.x"):
    try:
        exec(s); print(s, "ok")
    except (AttributeError, TypeError) as e:
        print(s, "->", type(e).__name__, e)
class S(T):
    @property
    def c(self): return super().c * 10
    @T.f.getter
    def f(self): return "sub f"
s = S(1)
print(s.c, s.f, T(1).f)
try:
    s.c = 3
except AttributeError as e:
    print(e)
class U(T):
    c = T.c.setter(lambda self, v: print("override setter", v))
u = U(3); u.c = 9; print(u.c)
import abc
class A(abc.ABC):
    @property
    @abc.abstractmethod
    def p(self): ...
    @p.setter
    @abc.abstractmethod
    def p(self, v): ...
try:
    A()
except TypeError as e:
    print(e)
class B(A):
    p = property(lambda s: "impl", lambda s, v: None)
print(B().p, A.p.__isabstractmethod__, B.p.__isabstractmethod__)
class CP(property):
    "subclass of property"
    extra = 1
class Q:
    @CP
    def z(self): "zdoc"; return 5
print(Q().z, Q.z.extra, Q.z.__doc__, type(Q.z).__name__, repr(property)[:20])
def make(name):
    def g(self): return self.__dict__[name]
    def s(self, v): self.__dict__[name] = v + 1
    return property(g, s, None, f"doc {name}")
class G: a = make("a"); b = make("b")
g = G(); g.a = 1; g.b = 5; print(g.a, g.b, vars(g), G.a.__doc__)
class ClsProp:
    @classmethod
    def cm(cls): return cls.__name__
    @staticmethod
    def sm(): return "static"
    both = property(lambda self: self.cm() + self.sm())
print(ClsProp().both, ClsProp.cm(), ClsProp().sm(), type(ClsProp.__dict__["cm"]).__name__)
t2 = T(1); t2.__dict__["c"] = "shadow"; print(t2.c, vars(t2))
class Loop:
    @property
    def a(self): return self.b
    @property
    def b(self): return self.missing
try:
    Loop().a
except AttributeError as e:
    print(e, e.name, type(e.obj).__name__)
p = property(len); p.__doc__ = "set doc"; print(p.__doc__, p.__get__("abc"), p.getter(str).fget is str)
