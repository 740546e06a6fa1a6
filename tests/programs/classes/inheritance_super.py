# C3 linearisation, super in all forms, cooperative classes, mixins.
class A:
    def __init__(self): print("A.init"); self.log = ["A"]
    def hi(self): return ["A"]
    @classmethod
    def cm(cls): return [cls.__name__, "A"]
    @staticmethod
    def sm(): return "A.sm"
    @property
    def p(self): return "A.p"
class B(A):
    def __init__(self): print("B.init"); super().__init__(); self.log.append("B")
    def hi(self): return ["B"] + super().hi()
    @classmethod
    def cm(cls): return ["B"] + super().cm()
    @property
    def p(self): return "B+" + super().p
class C(A):
    def __init__(self): print("C.init"); super().__init__(); self.log.append("C")
    def hi(self): return ["C"] + super(C, self).hi()
    @classmethod
    def cm(cls): return ["C"] + super().cm()
    @property
    def p(self): return "C+" + super().p
class D(B, C):
    def __init__(self): print("D.init"); super().__init__(); self.log.append("D")
    def hi(self): return ["D"] + super().hi()
    @classmethod
    def cm(cls): return ["D"] + super().cm()
    def comp(self): return [super(D, self).hi() for _ in range(1)]
d = D()
print([c.__name__ for c in D.__mro__], d.log, d.hi(), D.cm(), d.p, d.comp(), super(B, d).hi(), super(D, D).cm(), D.mro() == list(D.__mro__), D.__bases__, D.__base__)
print(super(B, d).__thisclass__, super(B, d).__self_class__, super(B, d).__self__ is d, repr(super(B, d))[:30])
for e in ("class X(A, D): pass", "class Y(B, C): pass\nclass Z(C, B): pass\nclass W(Y, Z): pass", "super().x", "super(5, 6)", "super(B, 5)", "super(int, d)", "super(A, d).hi()", "super(B).hi()", "class X(d): pass", "class X(1): pass", "class X(None): pass", "class X(bool): pass", "class X(A, A): pass", "class X(len): pass", "d.nothing", "D.nothing", "super(D, d).nothing", "del d.hi", "D.hi()", "class X(*5): pass"):
    try:
        exec(e); print(e, "ok")
    except (TypeError, RuntimeError, AttributeError) as err:
        print(e.splitlines()[-1], "->", type(err).__name__, err)
class Json:
    def dump(self): return {k: v for k, v in vars(self).items()}
class Cmp:
    def __eq__(self, o): return self.dump() == o.dump()
class Point(Json, Cmp):
    def __init__(self, x): self.x = x
print(Point(1) == Point(1), Point(1) != Point(2), Point(3).dump())
def f():
    class K:
        def m(self): return __class__
        def g(self):
            def inner(): return super().__repr__()[:10]
            try:
                return inner()
            except RuntimeError as e:
                return str(e)
    return K
K = f()
print(K().m() is K, K().g())
def no_class(self): return super().x
K.nc = no_class
try:
    K().nc()
except RuntimeError as e:
    print(e)
class Base:
    def __init_subclass__(cls, /, tag=None, **kw): super().__init_subclass__(**kw); cls.tag = tag; print("sub", cls.__name__, tag)
class S1(Base, tag="t"): pass
class S2(S1): pass
try:
    class S3(Base, bad=1): pass
except TypeError as e:
    print(e)
print(S1.tag, S2.tag, Base.__subclasses__(), issubclass(S2, Base), issubclass(S1, (int, Base)), isinstance(S2(), S1))
class L(list):
    def append(self, x): super().append(x * 2); return self
class I(int):
    def __add__(self, o): return I(super().__add__(o))
    def __new__(cls, v=0): return super().__new__(cls, v)
print(L([1]).append(5), type(I(1) + 2), I(3) + 4, I())
A.hi = lambda self: ["patched"]
print(d.hi()); del A.hi
try:
    d.hi()
except AttributeError as e:
    print(e)
class M1: 
    x = "M1"
class M2: 
    x = "M2"
class N(M1): pass
n = N(); N.__bases__ = (M2,); print(n.x, N.__mro__)
try:
    N.__bases__ = (int,)
except TypeError as e:
    print(e)
n.__class__ = M1; print(n.x, type(n))
try:
    n.__class__ = int
except TypeError as e:
    print(e)
try:
    n.__class__ = 5
except TypeError as e:
    print(e)
