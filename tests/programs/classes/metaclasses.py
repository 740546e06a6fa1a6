# Metaclasses: __new__, __init__, __call__, __prepare__, conflicts, keywords.
class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw): print("prepare", name, [b.__name__ for b in bases], kw); return {"injected": 1}
    def __new__(mcs, name, bases, ns, **kw): print("new", name, [k for k in ns if not k.startswith("__")]); return super().__new__(mcs, name, bases, dict(ns))
    def __init__(cls, name, bases, ns, **kw): print("init", name, kw); super().__init__(name, bases, ns)
    def __call__(cls, *a): print("call", cls.__name__, a); return super().__call__(*a)
    def __repr__(cls): return f"<Meta {cls.__name__}>"
    def __len__(cls): return 7
    def __iter__(cls): return iter("meta")
    def __getitem__(cls, k): return f"{cls.__name__}[{k}]"
    def __contains__(cls, x): return x == 1
    def __getattr__(cls, n): return f"meta attr {n}"
    def method(cls): return "from meta"
class A(metaclass=Meta, key="v"):
    x = 1
    def __init__(self, *a): self.a = a
class B(A): y = 2
b = B(3)
print(A, b.a, A.injected, len(A), list(A), A["k"], 1 in A, A.anything, A.method(), type(A), type(B) is Meta, A.__class__, isinstance(A, Meta), isinstance(b, A))
try:
    b.method()
except AttributeError as e:
    print(e)
class Other(type): pass
try:
    class Conflict(A, metaclass=Other): pass
except TypeError as e:
    print(e)
class Derived(Meta): pass
class C(A, metaclass=Derived): pass
print(type(C).__name__, Derived.__mro__[1])
def func_meta(name, bases, ns, **kw): return (name, bases, sorted(k for k in ns if not k.startswith("__")), kw)
class F(metaclass=func_meta, opt=1): z = 1
print(F)
class Singleton(type):
    inst = {}
    def __call__(cls, *a):
        if cls not in cls.inst: cls.inst[cls] = super().__call__(*a)
        return cls.inst[cls]
class S(metaclass=Singleton): pass
print(S() is S())
class Registry(type):
    all = []
    def __init__(cls, n, b, d): super().__init__(n, b, d); Registry.all.append(n)
class R1(metaclass=Registry): pass
class R2(R1): pass
print(Registry.all)
T = type("T", (R1,), {"v": 5, "get": lambda self: self.v})
print(T.__name__, T().get(), Registry.all, type(T).__name__, T.__module__, T.__qualname__)
for e in ("type('X', (int, str), {})", "type('X', (5,), {})", "type('X', (bool,), {})", "type(1, (), {})", "type('X', [], {})", "type('X', (), [])", "type('a\\0b', (), {})", "type('X', (A, A), {})", "type('X', (object, A), {})", "type()", "type('X', (type(None),), {})", "type('X', (), {}, bad=1)", "type('X', (type(lambda: 0),), {})", "type('X', (slice,), {})", "type.__call__(int, '5')", "type.__new__(int, 'X', (), {})", "type.__prepare__()", "type.mro(int)"):
    try:
        print(e, "=", eval(e))
    except (TypeError, ValueError) as err:
        print(e, "->", err)
try:
    class K(x=1): pass
except TypeError as err:
    print(err)
class Ordered(type):
    @classmethod
    def __prepare__(m, n, b):
        class Log(dict):
            def __setitem__(self, k, v): print("ns", k) if not k.startswith("__") else None; super().__setitem__(k, v)
        return Log()
class O(metaclass=Ordered):
    a = 1
    def b(self): pass
class BadPrepare(type):
    @classmethod
    def __prepare__(m, n, b): return 5
try:
    class BP(metaclass=BadPrepare): pass
except TypeError as err:
    print(err)
class Inst(type):
    def __instancecheck__(cls, o): return o == 42
    def __subclasscheck__(cls, c): return c is str
class I(metaclass=Inst): pass
print(isinstance(42, I), isinstance(I(), I), isinstance(1, I), issubclass(str, I), issubclass(int, I))
class MroMeta(type):
    def mro(cls): return [cls, object]
class MM(metaclass=MroMeta): pass
print(MM.__mro__)
