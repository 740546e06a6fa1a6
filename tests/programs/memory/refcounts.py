# When objects go: reference counts, finalizers, resurrection.
import sys
class T:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
t = T("rebound"); t = T("second"); del t
T("temporary"); print("after temporary")
def f(): x = T("local"); print("in f")
f()
l = [T("in list 1"), T("in list 2")]; l.pop(); l.clear()
d = {"k": T("dict value")}; d["k"] = None
a = T("aliased"); b = a; del a; print("still there"); del b
class Holder:
    def __init__(self): self.child = T("child")
    def __del__(self): print("holder first")
h = Holder(); del h
try:
    raise ValueError(T("in exception"))
except ValueError as e: pass
print("exception gone")
def gen():
    x = T("in generator")
    yield 1
g = gen(); next(g); del g
def tup(): return T("a"), T("b")
x, _ = tup(); _ = None; x = None
keep = []
class R:
    def __del__(self): print("resurrecting"); keep.append(self)
r = R(); del r; print(len(keep), type(keep[0]).__name__); keep.clear(); print("not finalised twice")
x = object(); n = sys.getrefcount(x); y = x; print(sys.getrefcount(x) - n); del y; print(sys.getrefcount(x) - n)
print(sys.getrefcount(None) > 1000, sys.getsizeof([]) < sys.getsizeof([1, 2, 3]), sys.getsizeof("a"), sys.getsizeof(1), sys.getsizeof(()), sys.getsizeof(b""))
print([T("element") for _ in range(2)][0].n)
def closure():
    t = T("closed over")
    return lambda: t.n
c = closure(); print(c()); del c
for T("loop var").attr in (): pass
def args(x): print("called with", x.n)
args(T("argument")); print("after call")
class S: __slots__ = ("t",)
s = S(); s.t = T("slot"); del s
deep = None
for i in range(200000): deep = (deep,)
del deep; print("deep tuple freed")
deep = {}
for i in range(100000): deep = {"k": deep}
del deep; print("deep dict freed")
class Link:
    def __init__(self, nxt): self.nxt = nxt
n = None
for i in range(100000): n = Link(n)
del n; print("long chain freed")
last = T("at exit")
