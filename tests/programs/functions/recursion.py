# Recursion: limit, depth, mutual, RecursionError and recovery.
import sys
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
print(depth(900), sys.getrecursionlimit())
def forever(): return forever()
for _ in range(3):
    try:
        forever()
    except RecursionError as e:
        print(type(e).__name__, e)
def even(n): return True if n == 0 else odd(n - 1)
def odd(n): return False if n == 0 else even(n - 1)
print(even(500), odd(301))
sys.setrecursionlimit(5000)
print(depth(4500))
sys.setrecursionlimit(200)
try:
    depth(300)
except RecursionError as e:
    print(e)
sys.setrecursionlimit(1000)
for bad in (0, -1, "a", 10**20):
    try:
        sys.setrecursionlimit(bad)
    except (ValueError, TypeError, OverflowError) as e:
        print(type(e).__name__, e)
def deep_catch(n):
    try:
        return deep_catch(n + 1)
    except RecursionError:
        return n > 100
print(deep_catch(0))
class R:
    def __repr__(self): return repr(self)
    def __eq__(self, o): return self == o
    def __getattr__(self, n): return getattr(self, n + "x")
    def __call__(self): return self()
    def __add__(self, o): return self + o
    def __hash__(self): return hash(self)
    def __len__(self): return len(self)
    def __iter__(self): return iter(self)
    def __str__(self): return str(self)
    def __bool__(self): return bool(self)
    def __getitem__(self, i): return self[i]
    def __contains__(self, i): return i in self
    def __lt__(self, o): return self < o
r = R()
for name, f in (("repr", lambda: repr(r)), ("eq", lambda: r == 1), ("getattr", lambda: r.zz), ("call", lambda: r()), ("add", lambda: r + 1), ("hash", lambda: hash(r)), ("len", lambda: len(r)), ("iter", lambda: iter(r)), ("str", lambda: str(r)), ("bool", lambda: bool(r)), ("getitem", lambda: r[0]), ("contains", lambda: 1 in r), ("lt", lambda: r < 1), ("sort", lambda: sorted([r, r])), ("format", lambda: f"{r}"), ("print", lambda: print(r))):
    try:
        f()
        print(name, "returned")
    except RecursionError:
        print(name, "RecursionError")
def hanoi(n, a, b, c): return [] if n == 0 else hanoi(n - 1, a, c, b) + [(a, c)] + hanoi(n - 1, b, a, c)
print(len(hanoi(10, "a", "b", "c")), hanoi(2, "a", "b", "c"))
def ack(m, n): return n + 1 if m == 0 else ack(m - 1, 1) if n == 0 else ack(m - 1, ack(m, n - 1))
print(ack(2, 3))
def permute(s): return [s] if len(s) < 2 else [c + p for i, c in enumerate(s) for p in permute(s[:i] + s[i + 1:])]
print(permute("abc"))
l = []
for _ in range(2000000): l = [l]
try:
    repr(l)
except RecursionError:
    print("deep repr RecursionError")
del l
print("freed")
