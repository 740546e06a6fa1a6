"""Sorting with and without keys, by several fields."""
import operator, random
rng = random.Random(7)
data = [(rng.randrange(1000), rng.random(), f"name{rng.randrange(5000)}") for _ in range(50000)]
total = 0
for r in range(5):
    a = sorted(data)
    b = sorted(data, key=lambda t: (t[2], -t[1]))
    c = sorted(data, key=operator.itemgetter(1), reverse=True)
    ints = [t[0] for t in data]; ints.sort()
    names = sorted((t[2] for t in data), key=len)
    d = sorted(a, key=lambda t: t[0] % 10)
    total += a[100][0] + b[200][0] + c[300][0] + ints[400] + len(names[-1]) + d[7][0]
class P:
    def __init__(self, v): self.v = v
    def __lt__(self, o): return self.v < o.v
ps = sorted([P(t[1]) for t in data[:14000]])
print(total, f"{ps[100].v:.9f}", ps[0].v < ps[-1].v)
