# Shallow and deep copies and their hooks.
import copy
a = [1, [2, 3], {"k": (4, [5])}]
s, d = copy.copy(a), copy.deepcopy(a)
a[1].append(9)
a[2]["k"][1].append(8)
print(s, d, s is a, s[1] is a[1], d[1] is a[1])
loop = []
loop.append(loop)
dl = copy.deepcopy(loop)
print(dl[0] is dl, dl is loop, dl)
shared = [1]
pair = copy.deepcopy((shared, shared))
print(pair[0] is pair[1], pair[0] is shared)
t = (1, 2, "x")
print(copy.copy(t) is t, copy.deepcopy(t) is t, copy.deepcopy(len) is len)
class P:
    def __init__(self, x): self.x = x
    def __repr__(self): return f"P({self.x!r})"
p = P([1])
q, r = copy.copy(p), copy.deepcopy(p)
p.x.append(2)
print(p, q, r)
class Hook:
    def __copy__(self): return "copied"
    def __deepcopy__(self, memo): return f"deep {len(memo)}"
print(copy.copy(Hook()), copy.deepcopy(Hook()), copy.deepcopy([Hook()]))
class Red:
    def __init__(self, v): self.v = v
    def __reduce__(self): return (Red, (self.v + 1,), {"extra": True})
x = copy.copy(Red(1))
print(x.v, x.extra)
class Slots:
    __slots__ = ("a", "b")
o = Slots()
o.a = [1]
c = copy.deepcopy(o)
print(c.a, c.a is o.a, hasattr(c, "b"))
class State:
    def __getstate__(self): return {"saved": 1}
    def __setstate__(self, s): self.state = s
print(copy.copy(State()).state)
class L(list): pass
l = L([1, 2]); l.tag = "t"
m = copy.deepcopy(l)
print(type(m), m, m.tag)
def gen(): yield
for bad in (gen(), open):
    try:
        print(type(copy.deepcopy(bad)).__name__)
    except TypeError as e:
        print(e)
import dataclasses
@dataclasses.dataclass
class D:
    a: int
    b: list
print(copy.replace(D(1, [2]), a=5))
from collections import OrderedDict, deque, defaultdict
print(copy.copy(OrderedDict(a=1)), copy.deepcopy(deque([[1]], 3)), copy.copy(defaultdict(list, x=[1])))
try:
    copy.replace(3)
except TypeError as e:
    print(e)
