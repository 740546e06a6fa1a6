# Dataclasses, enums, named tuples: corners.
import dataclasses as dc, enum, typing, collections, inspect, copy, pickle, functools
from dataclasses import dataclass, field, KW_ONLY, InitVar
def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
@dataclass(order=True)
class P: x: int; y: int = 0; _: KW_ONLY; z: list = field(default_factory=list, compare=False, repr=False); w: typing.ClassVar[int] = 5
print(P(1), P(1, 2, z=[3]) < P(1, 3), dc.fields(P)[2].kw_only, dc.asdict(P(1)), dc.astuple(P(1, z=[P(2)])), inspect.signature(P), P.__match_args__, P.__hash__, dc.replace(P(1), x=5), P.__doc__)
show(lambda: P(1, 2, [3])); show(lambda: P()); show(lambda: P(1) < 5); show(lambda: hash(P(1))); show(lambda: dc.fields(5)); show(lambda: dc.replace(P(1), q=1)); show(lambda: dc.asdict(P)); show(lambda: P(1, q=2))
@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class F: a: int; b: str = "b"
f = F(a=1); print(f, hash(f) == hash(F(a=1)), F.__slots__, copy.copy(f), pickle.loads(pickle.dumps(f)) == f, copy.replace(f, a=9))
show(lambda: setattr(f, "a", 2)); show(lambda: delattr(f, "a")); show(lambda: f.__dict__); show(lambda: object.__setattr__(f, "zz", 1)); show(lambda: F(1))
@dataclass
class I:
    a: InitVar[int]; b: int = field(init=False); c: int = field(default=3, metadata={"k": "v"})
    def __post_init__(self, a): self.b = a * 2
print(I(4), dc.fields(I)[1].metadata, dc.fields(I)[0], [f.name for f in dc.fields(I)]); show(lambda: I(1).a)
for src in ("@dataclass\nclass X:\n a: int = 1\n b: str", "@dataclass\nclass X:\n a: list = []", "@dataclass(order=True, eq=False)\nclass X: a: int", "@dataclass(frozen=True)\nclass Y(P): pass", "@dataclass(unsafe_hash=True)\nclass X:\n def __hash__(s): return 1", "@dataclass(slots=True)\nclass X:\n __slots__ = ('a',)\n a: int", "@dataclass(order=True)\nclass X:\n a: int\n def __lt__(s, o): pass", "@dataclass\nclass X:\n a: int = field(default=1, default_factory=int)", "@dataclass(frozen=True)\nclass X:\n a: int\n def __setattr__(s, n, v): pass", "@dataclass\nclass X:\n _: KW_ONLY\n __: KW_ONLY", "@dataclass(weakref_slot=True)\nclass X: a: int", "@dataclass\nclass X:\n a: InitVar[int] = field(default_factory=int)", "dc.make_dataclass('X', ['a', 'a'])", "dc.make_dataclass('X', ['1a'])", "dc.make_dataclass('X', ['class'])", "dataclass(5)"):
    show(lambda: exec(src, globals(), {}))
M = dc.make_dataclass("M", ["a", ("b", int), ("c", int, field(default=7))], namespace={"total": lambda s: s.a + s.b}, frozen=True); print(M(1, 2), M(1, 2).total(), M.__module__, inspect.signature(M))
@dataclass
class R: me: object = None
r = R(); r.me = r; print(r); print(dc.is_dataclass(R), dc.is_dataclass(r), dc.is_dataclass(5))
@dataclass
class Base:
    a: int
    def __repr__(self): return "custom"
@dataclass
class Sub(Base): b: int = 2; a: int = 1
print(Sub(), [f.name for f in dc.fields(Sub)], Sub.__eq__(Sub(), 5), Sub() == Base(1))
@dataclass(match_args=False, repr=False, eq=False)
class N: a: int
print(hasattr(N, "__match_args__"), N(1) == N(1), dc.field(default=1), dc.MISSING, dc.KW_ONLY)
class C(enum.Enum):
    R = 1; G = "g"; B = (1, 2); ALIAS = 1
    @property
    def low(self): return self.name.lower()
    @classmethod
    def _missing_(cls, v): return cls.R if v == "red" else None
print(list(C), C.ALIAS, C(1), C["G"], C("red"), C.B.low, C.R in C, 1 in C, "q" in C, len(C), C.__members__, repr(C.R), str(C.G), f"{C.G}", C.R.name, hash(C.R) == hash("R"), C.R == 1, C.R is C.ALIAS, pickle.loads(pickle.dumps(C.R)) is C.R, copy.deepcopy(C.B) is C.B, C.__doc__, list(reversed(C)), bool(C.R))
show(lambda: C(9)); show(lambda: C["Z"]); show(lambda: C.Z); show(lambda: setattr(C, "R", 2)); show(lambda: C.R < C.G); show(lambda: type("D", (C,), {})); show(lambda: delattr(C, "R")); show(lambda: C.R.value.x); show(lambda: setattr(C.R, "name", 1)); show(lambda: exec("class Q(enum.Enum):\n A = 1\n A = 2")); show(lambda: enum.unique(enum.Enum("U", {"a": 1, "b": 1}))); show(lambda: exec("class Q(enum.Enum):\n _bad_ = 1")); show(lambda: C())
class F2(enum.Flag): A = enum.auto(); B = enum.auto(); C = enum.auto(); AB = A | B
print(F2.A | F2.C, ~F2.A, F2.AB & F2.B, F2.A ^ F2.AB, F2(0), F2(7), list(F2.AB), F2.A in F2.AB, len(F2.AB), bool(F2(0)), repr(F2(5)), str(F2(5)), F2["AB"], list(F2)); show(lambda: F2(8)); show(lambda: F2.A | 1); show(lambda: F2("x"))
class K(enum.Flag, boundary=enum.KEEP): A = 1
class E2(enum.Flag, boundary=enum.EJECT): A = 1
class CF(enum.Flag, boundary=enum.CONFORM): A = 1
print(K(9), E2(9), CF(9), repr(K(8)), K(8).value)
class IF(enum.IntFlag): X = 4; Y = 2
print(IF.X | 1, IF.X + 1, IF(9), repr(IF.X | IF.Y), ~IF.X, IF.X == 4, int(IF.X), f"{IF.X}", f"{IF.X:>4}", str(IF.X))
class SE(enum.StrEnum): ONE = enum.auto(); TWO = "2"
print(SE.ONE, repr(SE.ONE), SE("2"), SE.ONE.upper(), f"{SE.TWO:>3}", [*SE]); show(lambda: enum.StrEnum("Z", {"a": 1}))
class Planet(enum.Enum):
    E = (5.97, 6.37)
    def __init__(self, m, r): self.m = m; self.r = r
    def __new__(cls, *a): o = object.__new__(cls); o._value_ = len(cls.__members__) + 10; return o
print(Planet.E.value, Planet.E.m, Planet(10)); A = enum.Enum("A", "x y z", start=5, module="m", qualname="q.A"); print([*A], A.x.value, A.__module__, A.__qualname__)
class O(enum.Enum):
    _order_ = "b a"; _ignore_ = ["t"]; b = 1; a = 2; t = 5
    @enum.nonmember
    def nm(): pass
    v = enum.nonmember(7)
print([*O], O.v, hasattr(O, "t")); show(lambda: exec("class W(enum.Enum):\n _order_ = 'b a'\n a = 1\n b = 2"))
@enum.verify(enum.CONTINUOUS)
class V(enum.IntEnum): A = 1; B = 2
show(lambda: enum.verify(enum.CONTINUOUS)(enum.IntEnum("G", {"a": 1, "c": 3}))); show(lambda: enum.verify(enum.NAMED_FLAGS)(enum.Flag("G", {"a": 1, "c": 6}))); print(enum.show_flag_values(5), enum.bin(10), enum.global_enum_repr(V.A), enum.property)
T = collections.namedtuple("T", "a b c", defaults=[9]); t = T(1, 2)
print(t, t._replace(a=5), t._asdict(), T._make([1, 2, 3]), T._fields, T._field_defaults, t == (1, 2, 9), T.__doc__, T.a.__doc__, repr(T.a), t.count(9), copy.replace(t, c=0), T.__match_args__, t.__getnewargs__(), inspect.signature(T))
for a in (("X", "a a"), ("X", "_a"), ("X", "class"), ("1X", "a"), ("X", "a", ), ("X", ["a", 5])): show(lambda: collections.namedtuple(*a)._fields)
show(lambda: collections.namedtuple("X", "a class a", rename=True)._fields); show(lambda: T(1)); show(lambda: T(1, 2, 3, 4)); show(lambda: t._replace(z=1)); show(lambda: setattr(t, "a", 1)); show(lambda: T._make([1])); show(lambda: collections.namedtuple("X", "a", defaults=[1, 2]))
class NT(typing.NamedTuple):
    a: int
    b: str = "x"
    def m(self): return self.a
print(NT(1), NT(1).m(), NT.__annotations__, NT._field_defaults); show(lambda: exec("class Z(typing.NamedTuple):\n a: int = 1\n b: str")); show(lambda: exec("class Z(typing.NamedTuple, P): a: int")); show(lambda: exec("class Z(typing.NamedTuple):\n _a: int"))
