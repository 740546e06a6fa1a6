"""Bound methods, arguments of all kinds, inheritance."""
class A:
    def __init__(self): self.n = 0
    def add(self, k): self.n += k; return self
    def pair(self, a, b=2): return a + b
    def many(self, *args, **kw): return len(args) + len(kw)
    @classmethod
    def cm(cls, x): return x
    @staticmethod
    def sm(x): return x
class B(A):
    def add(self, k): return super().add(k + 1)
class C(B): pass
def run(n):
    a, b, c, total = A(), B(), C(), 0
    for i in range(n):
        a.add(i); b.add(1); c.add(2)
        total += a.pair(i) + b.pair(i, b=3) + c.many(1, 2, k=3) + A.cm(i) + C.sm(1) + c.cm(2)
        m = a.pair
        total += m(1) + m(2, 3)
    return total, a.n, b.n, c.n
print(*run(600000))
