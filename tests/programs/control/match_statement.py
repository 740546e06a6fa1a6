# match: every kind of pattern, guards, bindings, errors.
from dataclasses import dataclass
from enum import Enum
@dataclass
class Pt:
    x: int
    y: int
class Col(Enum): R = 1; G = 2
def m(v):
    match v:
        case 0 | 1: return "zero or one"
        case -5 | 2.5 | 1 + 2j | -1 - 2j: return "numbers"
        case "a" "b": return "concat str"
        case b"x": return "bytes"
        case None: return "none"
        case True | False: return "bool"
        case Col.R: return "enum value"
        case []: return "empty seq"
        case [x] if x == "guard": return "guarded"
        case [x]: return f"one {x!r}"
        case [1, 2, *rest]: return f"12 then {rest}"
        case (a, [b, *_], *_, z): return f"nested {a} {b} {z}"
        case {}if v == {}: return "empty map"
        case {"type": "circle", "r": float() | int() as r}: return f"circle {r}"
        case {"k": {"deep": [_, second]}, **rest}: return f"deep {second} {rest}"
        case {1: x}: return f"one-key {x}"
        case Pt(0, y=0): return "origin"
        case Pt(x, y) if x == y: return f"diagonal {x}"
        case Pt(x=xx): return f"pt {xx}"
        case int(n) if n > 100: return f"big {n}"
        case int() | float(): return "other number"
        case str(s): return f"str {s}"
        case list() | tuple(): return f"seq {len(v)}"
        case set() | frozenset() as s: return f"set {len(s)}"
        case type(): return "class"
        case _: return "default"
for v in (0, 1, True, False, 2.5, -5, 1 + 2j, "ab", b"x", None, Col.R, Col.G, [], (), ["guard"], [7], [1, 2], [1, 2, 3, 4], (9, [8, 7], 6, 5), {}, {"type": "circle", "r": 2}, {"type": "circle", "r": "x"}, {"k": {"deep": [1, 2]}, "more": 3}, {1: "v", 2: 0}, Pt(0, 0), Pt(3, 3), Pt(1, 2), 500, 50, 5.5, "hello", [5, 6], range(3), {1, 2}, int, "guard", bytearray(b"x"), ...):
    print(repr(v), "->", m(v))
match 5:
    case captured: pass
print(captured)
match [1, 2, 3]:
    case [first, *mid, last]: print(first, mid, last)
match (1, 2), {"a": 1}:
    case (x, y), {"a": z}: print(x, y, z)
x = 1
match 2,:
    case [x]: print("x rebound", x)
class K:
    __match_args__ = ("a", "b")
    def __init__(self): self.a, self.b = 1, 2
match K():
    case K(1, bb): print(bb)
class Bad: __match_args__ = [1]
class Bad2: __match_args__ = (1,)
class NoArgs: pass
for cls, pat in ((K, "K(1, 2, 3)"), (NoArgs, "NoArgs(1)"), (Bad, "Bad(1)"), (Bad2, "Bad2(1)"), (K, "K(1, a=1)"), (int, "int(1, 2)"), (K, "x.y()"), (int, "notaclass()")):
    notaclass = 5
    obj = cls()
    try:
        exec(f"match obj:\n case {pat}: print('matched')\n case _: print('no')")
    except Exception as e:
        print(pat, "->", type(e).__name__, e)
for src in ("case x: pass\n case y: pass", "case _: pass\n case 1: pass", "case x | 1: pass", "case [*a, *b]: pass", "case {**r, 'a': 1}: pass", "case {'a': 1, 'a': 2}: pass", "case x as x: pass", "case [a, a]: pass", "case (x | y): pass", "case 1 + 2: pass", "case f'x': pass", "case -x: pass", "case a.b.c: pass", "case {x: 1}: pass", "case P(a=1, a=2): pass", "case P(a=1, 2): pass", "case 1 as _: pass", "case _ as x | 1: pass", "case {**_}: pass", "case *a: pass", "case 1 + 2j: pass", "case -0: pass", "case 1 as a.b: pass"):
    try:
        compile(f"match v:\n {src}", "s", "exec"); print(src, "fine")
    except SyntaxError as e:
        print(src.replace("\n", ";"), "->", e.msg)
match = {"case": 1}; case = match["case"]; print(match, case)
match (case): 
    case 1: print("soft keywords")
from collections import ChainMap, deque, UserDict, defaultdict
for v in (ChainMap({"q": 1}), UserDict(q=1), deque([1, 2]), "ab", defaultdict(int), range(2), memoryview(b"ab"), {1: 2}.items()):
    match v:
        case {"q": q}: print("mapping", q)
        case [a, b]: print("sequence", a, b)
        case _: print("neither", type(v).__name__)
def side(): print("evaluated once"); return 3
match side():
    case 1: pass
    case 2: pass
    case n: print(n)
