# Descriptors: data, non-data, precedence, __set_name__, functions as descriptors.
class D:
    def __set_name__(self, owner, name): print("set_name", owner.__name__, name); self.name = name
    def __get__(self, obj, owner=None): return ("get", self.name, obj is not None, owner.__name__)
class Data(D):
    def __set__(self, obj, v): print("set", self.name, v); vars(obj).update({self.name: v}) if not isinstance(obj, type) else None
    def __delete__(self, obj): print("delete", self.name)
class C:
    nd = D()
    dd = Data()
c = C()
print(c.nd, C.nd, c.dd, C.dd)
c.nd = 5
print(c.nd, c.__dict__); del c.nd; print(c.nd)
c.dd = 6
print(c.dd, c.__dict__); del c.dd
C.dd = "replaced"
print(c.dd, C.dd, C.__dict__["nd"].__class__.__name__)
class NoGet:
    def __set__(self, o, v): o.__dict__["ng"] = v * 2
class E: ng = NoGet()
e = E()
print(type(e.ng).__name__); e.ng = 4; print(e.ng)
class ReadOnly:
    def __get__(self, o, t): return "ro"
    def __set__(self, o, v): raise AttributeError("read only!")
class R: r = ReadOnly()
try:
    R().r = 1
except AttributeError as x:
    print(x)
try:
    del R().r
except AttributeError as x:
    print(x)
class Typed:
    def __init__(self, t): self.t = t
    def __set_name__(self, o, n): self.n = "_" + n
    def __get__(self, o, t): return self if o is None else getattr(o, self.n, None)
    def __set__(self, o, v):
        if not isinstance(v, self.t): raise TypeError(f"{self.n[1:]} must be {self.t.__name__}")
        setattr(o, self.n, v)
class P:
    x = Typed(int); y = Typed(str)
    def __init__(self, x, y): self.x, self.y = x, y
p = P(1, "a"); print(p.x, p.y, vars(p), type(P.x).__name__)
try:
    P("1", "a")
except TypeError as x:
    print(x)
class Lazy:
    def __init__(self, f): self.f = f
    def __get__(self, o, t):
        if o is None: return self
        v = o.__dict__[self.f.__name__] = self.f(o); return v
class L:
    @Lazy
    def v(self): print("computing"); return 42
l = L(); print(l.v, l.v)
class Meta(type):
    md = Data()
    nd = property(lambda cls: f"meta property of {cls.__name__}")
class M(metaclass=Meta):
    nd = "own"
print(M.md, M.nd); M.md = 3
class BadName:
    def __set_name__(self, o, n): raise ValueError("bad name")
try:
    class X: q = BadName()
except ValueError as x:
    print(type(x).__name__, x, x.__notes__)
def f(self): return self
print(f.__get__(5)(), f.__get__(None, int) is f, type(f.__get__(5, int)).__name__, classmethod(f).__get__(5, int)().__name__, staticmethod(f).__get__(5)(9), classmethod(f).__wrapped__ is f, staticmethod(f)(3))
class Inst:
    def __init__(self): self.d = D.__new__(D)
print(type(Inst().d).__name__)
class GA:
    x = 1
    def __getattr__(self, n): return f"getattr {n}"
class GB(GA):
    def __getattribute__(self, n):
        if n == "hidden": raise AttributeError("hidden")
        return super().__getattribute__(n)
print(GB().x, GB().hidden, GB().nope, getattr(GA(), "q", 0), hasattr(GA(), "anything"))
class PropErr:
    @property
    def p(self): raise AttributeError("inside property")
    def __getattr__(self, n): return f"fallback {n}"
print(PropErr().p)
class WithSlots:
    __slots__ = ("s",)
d = WithSlots.s
w = WithSlots(); d.__set__(w, 5)
print(d.__get__(w), d.__name__, type(d).__name__, d.__get__(None, WithSlots) is d, repr(d)); d.__delete__(w)
for bad in (lambda: d.__get__(5), lambda: w.s, lambda: d.__get__(w), lambda: d.__delete__(w)):
    try:
        bad()
    except (TypeError, AttributeError) as x:
        print(type(x).__name__, x)
