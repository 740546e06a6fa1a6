# Augmented assignment and its hooks.
class Log:
    def __init__(self, v): self.v = v
    def __repr__(self): return f"Log({self.v})"
for name in "add sub mul truediv floordiv mod pow lshift rshift and or xor matmul".split():
    def make(name):
        def op(self, other): return Log(f"{self.v} {name} {other}")
        def iop(self, other): self.v = f"{self.v} i{name} {other}"; return self
        return op, iop
    op, iop = make(name)
    setattr(Log, f"__{name}__", op)
    if name in ("add", "and", "matmul"): setattr(Log, f"__i{name}__", iop)
for sym in "+ - * / // % ** << >> & | ^ @".split():
    x = y = Log(1)
    ns = {"x": x}
    exec(f"x {sym}= 2", ns)
    print(sym, ns["x"], ns["x"] is y)
d = {"k": 1}
d["k"] += 1
class A:
    n = 0
a = A()
a.n += 5
print(d, a.n, A.n)
def index():
    print("index once")
    return 0
l = [1]
l[index()] += 10
print(l)
l = [1]
m = l
l += (2,)
l *= 2
print(l, m is l)
t = (1,)
u = t
t += (2,)
print(t, u)
s = {1}
s |= {2}; s &= {2, 3}; s ^= {5}; s -= {5}
print(s)
i = 7
i //= 2; i **= 3; i %= 10; i <<= 3; i >>= 1; i |= 1; i ^= 3; i &= 0xff; i -= 1; i /= 4
print(i)
for stmt in ("x = 1; x += 'a'", "x = 'a'; x -= 1", "x = []; x += 5", "x = None; x += 1", "x = {}; x |= 1", "x = 1; x @= 2", "x = (); x += []", "x = 1; x <<= -1", "x = []; x *= 'a'"):
    try:
        exec(stmt)
    except Exception as e:
        print(stmt, "->", type(e).__name__, e)
try:
    nothing += 1
except NameError as e:
    print(e)
class NI:
    def __iadd__(self, o): return NotImplemented
    def __add__(self, o): return "fallback"
n = NI()
n += 1
print(n)
