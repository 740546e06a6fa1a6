"""lru_cache, cached_property, singledispatch, partial, reduce."""
from functools import lru_cache, cache, cached_property, singledispatch, partial, reduce
@lru_cache(maxsize=512)
def collatz(n): return 1 if n == 1 else 1 + collatz(n // 2 if n % 2 == 0 else 3 * n + 1)
@cache
def lcs(a, b):
    if not a or not b: return 0
    return 1 + lcs(a[1:], b[1:]) if a[0] == b[0] else max(lcs(a[1:], b), lcs(a, b[1:]))
class C:
    def __init__(self, n): self.n = n
    @cached_property
    def v(self): return self.n * 2
@singledispatch
def size(x): return 1
@size.register
def _(x: int): return 2
@size.register
def _(x: str): return len(x)
@size.register
def _(x: list): return sum(map(size, x))
total = sum(collatz(i) for i in range(1, 20000))
total += lcs("the quick brown fox jumps over" * 4, "lazy dogs and a quick brown cat" * 4)
for i in range(150000):
    c = C(i); total += c.v + c.v + c.v
data = [1, "abc", [2, "de", 3.5], None]
for _ in range(60000): total += size(data)
add = partial(lambda a, b: a + b, 5)
total += reduce(lambda a, b: (a + add(b)) % 1000003, range(500000))
print(total, collatz.cache_info().hits > 0)
