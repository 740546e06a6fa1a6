# Classes: construction protocol, special method look-up, operator fallbacks, name mangling, pickling protocol.
import abc, functools, operator, copy, pickle, weakref, types, sys
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
class Meta(type):
    @classmethod
    def __prepare__(m, n, b, **k): print("prepare", n, [x.__name__ for x in b], k); return {"injected": 1}
    def __new__(m, n, b, ns, **k): print("new", n, sorted(x for x in ns if not x.startswith("__"))); return super().__new__(m, n, b, ns)
    def __init__(c, n, b, ns, **k): print("init", n, k); super().__init__(n, b, ns)
    def __call__(c, *a, **k): print("call", a, k); return super().__call__(*a, **k)
    def __instancecheck__(c, o): return o == 5 or super().__instancecheck__(o)
    def __subclasscheck__(c, o): return o is int or super().__subclasscheck__(o)
    def __len__(c): return 42
    def __iter__(c): return iter("meta")
    def __contains__(c, x): return x == "in"
    def __getitem__(c, k): return ("item", k)
    def __add__(c, o): return "added"
    def __dir__(c): return ["only"]
    def __bool__(c): return False
class A(metaclass=Meta, opt=1):
    def __init_subclass__(cls, /, tag=None, **k): print("init_subclass", cls.__name__, tag, k); super().__init_subclass__(**k)
    def __class_getitem__(cls, k): return ("cgi", k)
    def __set_name__(self, o, n): print("set_name", n)
class B(A, tag="t"): x = A.__new__(A)
print(len(A), list(A), "in" in A, A["k"], A + 1, isinstance(5, A), issubclass(int, A), dir(A), bool(A), A.injected)
B(); show(lambda: B(1)); show(lambda: type("C", (A,), {}, zz=1))
class Ops:
    def __init__(s, v): s.v = v
    def __repr__(s): return f"O({s.v})"
    def __add__(s, o): return NotImplemented if isinstance(o, str) else f"add {o}"
    def __radd__(s, o): return f"radd {o}"
    def __iadd__(s, o): s.v += o; return s
    def __matmul__(s, o): return "mm"
    def __rpow__(s, o, m=None): return f"rpow {o} {m}"
    def __divmod__(s, o): return "dm"
    def __rdivmod__(s, o): return "rdm"
    def __neg__(s): return "neg"
    def __lt__(s, o): return "lt"
    def __eq__(s, o): return NotImplemented
    def __hash__(s): return 7
    def __index__(s): return 2
    def __round__(s, n=None): return ("round", n)
    def __trunc__(s): return 9
    def __floor__(s): return "floor"
    def __ceil__(s): return "ceil"
    def __complex__(s): return 1j
    def __bytes__(s): return b"by"
    def __length_hint__(s): return 3
    def __reversed__(s): return iter("rev")
    def __missing__(s, k): return k
    def __format__(s, f): return f"fmt{f}"
    def __sizeof__(s): return 1000
    def __getattr__(s, n):
        if n.startswith("x"): return f"got {n}"
        raise AttributeError(n)
o = Ops(1)
import math
for f in (lambda: o + 1, lambda: 1 + o, lambda: o + "s", lambda: "s" + o, lambda: operator.iadd(Ops(2), 3), lambda: o @ 1, lambda: 2 ** o, lambda: pow(2, o, 5), lambda: divmod(o, 1), lambda: divmod(1, o), lambda: -o, lambda: +o, lambda: o < 1, lambda: o > 1, lambda: 1 > o, lambda: o == 1, lambda: o != 1, lambda: hash(o), lambda: [0, 1, 2][o], lambda: "ab" * o, lambda: round(o), lambda: round(o, 2), lambda: int(o), lambda: math.floor(o), lambda: math.ceil(o), lambda: math.trunc(o), lambda: complex(o), lambda: bytes(o), lambda: operator.length_hint(o), lambda: list(reversed(o)), lambda: f"{o:zz}", lambda: sys.getsizeof(o) >= 1000, lambda: o.xyz, lambda: o.nope, lambda: float(o), lambda: hex(o), lambda: range(o), lambda: o - 1, lambda: 1 - o, lambda: o[0], lambda: o(), lambda: len(o), lambda: iter(o), lambda: 1 in o, lambda: abs(o), lambda: ~o, lambda: o // 1, lambda: o & 1, lambda: o << 1, lambda: operator.isub(o, 1), lambda: next(o), lambda: o.__enter__(), lambda: bool(o), lambda: str(o), lambda: math.sqrt(o), lambda: math.gcd(o, 4), lambda: chr(o), lambda: bin(o), lambda: struct_pack()): show(f)
def struct_pack(): import struct; return struct.pack("b", o)
class Inst: pass
i = Inst(); i.__len__ = lambda: 5; i.__call__ = lambda: 6; i.__add__ = lambda o: 1
show(lambda: len(i)); show(lambda: i()); show(lambda: i + 1); Inst.__len__ = lambda s: 8; show(lambda: len(i)); del Inst.__len__; show(lambda: len(i))
class Bad:
    def __len__(s): return -1
    def __bool__(s): return 5
    def __hash__(s): return "x"
    def __repr__(s): return 5
    def __str__(s): return b""
    def __iter__(s): return 5
    def __index__(s): return 1.5
    def __int__(s): return "a"
    def __float__(s): return 1
    def __complex__(s): return 1
    def __contains__(s, x): return []
    def __format__(s, f): return 5
    def __bytes__(s): return "s"
    def __dir__(s): return 5
    def __length_hint__(s): return "a"
    def __getattr__(s, n): raise ValueError(n)
    def __eq__(s, o): raise KeyError("eq")
    def __fspath__(s): return 5
    def __reduce_ex__(s, p): return 5
    def __instancecheck__(s, o): return "yes"
    def __next__(s): return 1
    def __divmod__(s, o): return NotImplemented
bad = Bad()
for f in (lambda: len(bad), lambda: bool(bad), lambda: hash(bad), lambda: repr(bad), lambda: str(bad), lambda: iter(bad), lambda: [1][bad], lambda: int(bad), lambda: float(bad), lambda: complex(bad), lambda: 1 in bad, lambda: f"{bad}", lambda: bytes(bad), lambda: dir(bad), lambda: operator.length_hint(bad), lambda: bad.zz, lambda: hasattr(bad, "q"), lambda: getattr(bad, "q", 1), lambda: bad == 1, lambda: bad in [bad], lambda: [1].index(bad), lambda: __import__("os").fspath(bad), lambda: pickle.dumps(bad), lambda: copy.copy(bad), lambda: isinstance(1, bad), lambda: divmod(bad, 1), lambda: {bad: 1}, lambda: "%s" % bad, lambda: print(bad), lambda: sorted([bad, bad]), lambda: max(bad, bad), lambda: sum([bad, 1]), lambda: not bad): show(f)
class Mangle:
    __a = 1
    def __b(self): return self.__a
    def get(self): __x = 5; return self.__b(), self._Mangle__a, __x, [n for n in vars(Mangle) if "Mangle" in n]
    class __Inner: __q = 1
    def names(self, __p=3): return __p
print(Mangle().get(), vars(Mangle)["_Mangle__Inner"].__name__, Mangle().names(_Mangle__p=4)); show(lambda: Mangle().__a)
class P:
    def __init__(s, a): s.a = a
    def __getstate__(s): return {"a": s.a, "extra": 1}
    def __setstate__(s, st): s.__dict__.update(st); s.restored = True
    def __getnewargs_ex__(s): return (s.a,), {}
    def __new__(c, a=None): print("P.__new__", a); return super().__new__(c)
for proto in range(6): show(lambda: vars(pickle.loads(pickle.dumps(P(3), proto))))
print(vars(copy.copy(P(1))), vars(copy.deepcopy(P([1]))))
class Slots: __slots__ = ("a", "b", "__weakref__")
s = Slots(); s.a = 1; print(copy.copy(s).a, pickle.loads(pickle.dumps(s)).a, s.__getstate__(), weakref.ref(s)() is s); show(lambda: s.b); show(lambda: s.__dict__); show(lambda: setattr(s, "c", 1)); show(lambda: pickle.dumps(s, 1)); show(lambda: type("X", (Slots, ), {"__slots__": ["a"]})().a); show(lambda: type("X", (), {"__slots__": ["1"]})); show(lambda: type("X", (), {"__slots__": 5})); show(lambda: type("X", (int,), {"__slots__": ["a"]})); show(lambda: type("X", (), {"__slots__": ["a"], "a": 1})); show(lambda: type("X", (Slots, type("Y", (), {"__slots__": ["q"]})), {}))
@functools.total_ordering
class TO:
    def __init__(s, v): s.v = v
    def __eq__(s, o): return s.v == o.v
    def __le__(s, o): return s.v <= o.v
print(TO(1) < TO(2), TO(2) >= TO(1), TO(1) > TO(1)); show(lambda: functools.total_ordering(type("Z", (), {})))
class Abs(abc.ABC):
    @abc.abstractmethod
    def f(self): return "base f"
    @property
    @abc.abstractmethod
    def p(self): ...
    @classmethod
    @abc.abstractmethod
    def c(cls): ...
class Con(Abs): f = lambda s: super(Con, s).f(); p = 1; c = 2
show(lambda: Abs()); print(Con().f(), Abs.__abstractmethods__ == frozenset({"f", "p", "c"})); show(lambda: type("H", (Abs,), {"f": 1})()); Abs.register(int); print(isinstance(5, Abs), issubclass(bool, Abs), abc.update_abstractmethods(Con) is Con); show(lambda: Abs.register(5)); show(lambda: int.register)
show(lambda: object(1)); show(lambda: object.__new__(int)); show(lambda: object.__new__(5)); show(lambda: int.__new__(str)); show(lambda: type("X", (object, int), {})); show(lambda: type("X", (bool,), {})); show(lambda: type("X", (5,), {})); show(lambda: type(1, (), {})); show(lambda: type("X", [], {})); show(lambda: type("X\0", (), {})); show(lambda: type()); show(lambda: type(1, 2)); show(lambda: setattr(int, "x", 1)); show(lambda: setattr(Ops, "__name__", 5)); show(lambda: setattr(Ops, "__class__", int)); show(lambda: delattr(Ops, "__name__")); show(lambda: setattr(o, "__class__", Inst)); print(type(o).__name__); show(lambda: setattr(i, "__dict__", 5)); show(lambda: super().x); show(lambda: super(int, "a")); show(lambda: super(int, 5).real); show(lambda: Ops.__mro__); show(lambda: type.mro(Ops)); show(lambda: Meta.__subclasses__()); show(lambda: type.__subclasses__(type)[0:0])
