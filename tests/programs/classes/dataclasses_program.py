# dataclasses: fields, defaults, frozen, order, slots, kw_only, inheritance.
from dataclasses import *
from typing import ClassVar
@dataclass
class P:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, repr=False)
    n: ClassVar[int] = 5
    def norm(self): return (self.x ** 2 + self.y ** 2) ** 0.5
p = P(3, 4)
print(p, p.norm(), p == P(3, 4), p != P(1), P.n, [f.name for f in fields(p)], asdict(p), astuple(p), replace(p, x=9), is_dataclass(P), P.__match_args__, P.__hash__)
p.tags.append(1); print(P(0).tags, p.tags)
@dataclass(frozen=True, order=True)
class F:
    a: int
    b: str = "b"
f = F(1)
print(f, F(1) < F(2), F(1, "a") < F(1, "b"), sorted([F(3), F(1)]), hash(F(1)) == hash(F(1)), {F(1): "k"}[F(1)])
for e in ("f.a = 2", "del f.a", "F()", "F(1, 2, 3)", "F(a=1, c=2)", "F(1) < 5", "P()", "replace(f, z=1)", "asdict(5)", "fields(5)", "replace(f, a=5); f.c = 1"):
    try:
        exec(e); print(e, "ok")
    except Exception as err:
        print(e, "->", type(err).__name__, err)
@dataclass(slots=True, kw_only=True)
class S:
    a: int
    b: int = 2
print(S(a=1), S.__slots__, hasattr(S(a=1), "__dict__"))
try:
    S(1)
except TypeError as err:
    print(err)
@dataclass
class Base:
    a: int
    b: int = 2
@dataclass
class Child(Base):
    c: int = 3
    a: str = "over"
print(Child(), Child("x", 1, 5), [f.name for f in fields(Child)])
@dataclass
class Post:
    w: float
    h: float
    area: float = field(init=False)
    scale: InitVar[float] = 1
    _: KW_ONLY
    label: str = "L"
    def __post_init__(self, scale): self.area = self.w * self.h * scale
print(Post(2, 3), Post(2, 3, 10, label="q"), Post.__annotations__.keys())
for src in ("@dataclass\nclass X:\n a: int = 1\n b: int", "@dataclass\nclass X:\n a: list = []", "@dataclass(order=True, eq=False)\nclass X: pass", "@dataclass\nclass X(F): pass", "@dataclass(frozen=True)\nclass X(P): pass", "@dataclass\nclass X:\n a: int = field(default=1, default_factory=int)", "@dataclass(unsafe_hash=True)\nclass X:\n def __hash__(self): return 1", "@dataclass(order=True)\nclass X:\n def __lt__(self, o): pass", "@dataclass(slots=True)\nclass X:\n __slots__ = ()\n a: int", "@dataclass\nclass X:\n a: int = field(kw_only=5, init=False)\n b: int"):
    try:
        exec(src); print("ok")
    except Exception as err:
        print(type(err).__name__, err)
D = make_dataclass("D", ["x", ("y", int), ("z", str, "zz")], namespace={"m": lambda self: self.x})
print(D(1, 2), D(1, 2).m())
@dataclass
class Node:
    v: int
    next: "Node | None" = None
n = Node(1, Node(2)); print(n, asdict(n)); n.next.next = n; print(n)
@dataclass(repr=False, eq=False)
class Plain: a: int = 1
print(Plain() == Plain(), "Plain object" in repr(Plain()), hash(Plain()) is not None)
@dataclass
class Cmp:
    a: int
    b: int = field(compare=False, hash=False, metadata={"unit": "m"})
print(Cmp(1, 2) == Cmp(1, 3), fields(Cmp)[1].metadata["unit"], fields(Cmp)[1].default is MISSING, fields(Cmp)[0].type)
match P(1, 2):
    case P(1, y): print("matched", y)
@dataclass
class Nest: items: list[P]; d: dict
print(asdict(Nest([P(1)], {"k": P(2)})), astuple(Nest([P(1)], {})), asdict(P(1), dict_factory=lambda kv: sorted(kv, key=str)))
print(P.__doc__, F.__doc__, repr(fields(P)[0])[:40])
