"""Context managers as classes and as generators."""
import contextlib
class M:
    def __init__(self): self.depth = self.total = 0
    def __enter__(self): self.depth += 1; return self
    def __exit__(self, t, v, tb): self.depth -= 1; self.total += 1; return t is KeyError
@contextlib.contextmanager
def gen(m):
    m.depth += 1
    try: yield m
    finally: m.depth -= 1
m = M()
for i in range(600000):
    with m as x: x.total += 1
    with m, m: pass
for i in range(45000):
    with m: raise KeyError
    with gen(m) as g: g.total += 2
    with contextlib.suppress(ValueError): int("x")
print(m.total, m.depth)
