"""match over tuples, classes, mappings and literals: an expression simplifier."""
from dataclasses import dataclass
@dataclass(slots=True)
class Num: v: int
@dataclass(slots=True)
class Var: name: str
@dataclass(slots=True)
class Op: op: str; l: object; r: object
def simplify(e):
    match e:
        case Op(op, l, r):
            match op, simplify(l), simplify(r):
                case "+", Num(a), Num(b): return Num(a + b & 0xFFFF)
                case "*", Num(a), Num(b): return Num(a * b & 0xFFFF)
                case "+", Num(0), x: return x
                case "+", x, Num(0): return x
                case "*", Num(1), x: return x
                case "*", x, Num(1): return x
                case ("*", Num(0), _) | ("*", _, Num(0)): return Num(0)
                case o, a, b: return Op(o, a, b)
        case _: return e
def build(n, d):
    if d == 0: return Num(n % 3) if n % 4 else Var("x")
    return Op("+*"[n & 1], build(n * 3 + 1, d - 1), build(n * 5 + 2, d - 1))
def size(e):
    match e:
        case Op(l=l, r=r): return 1 + size(l) + size(r)
        case Num() | Var(): return 1
def event(e):
    match e:
        case {"type": "key", "code": int(c)} if c > 64: return c
        case {"type": "click", "pos": [x, y]}: return x + y
        case [first, *rest]: return len(rest)
        case "quit" | "exit": return -1
        case None | True | False: return 0
        case _: return 1
t = build(1, 12)
total = sum(size(simplify(t)) for _ in range(30))
events = [{"type": "key", "code": 70}, {"type": "click", "pos": (1, 2)}, [1, 2, 3], "quit", None, 5, {"type": "key", "code": 3}]
for i in range(700000): total += event(events[i % 7])
print(total)
