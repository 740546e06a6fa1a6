"""A puzzle on a hexagonal board: constraint propagation over lists and dicts."""
import itertools
R = 2
cells = [(q, r) for q in range(-R, R + 1) for r in range(-R, R + 1) if abs(q + r) <= R]
index = {c: i for i, c in enumerate(cells)}
near = [[index[q + a, r + b] for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)) if (q + a, r + b) in index] for q, r in cells]
class State:
    def __init__(self, want): self.domain, self.want = [{0, 1} for _ in cells], want
    def copy(self):
        s = State(self.want); s.domain = [d.copy() for d in self.domain]; return s
    def propagate(self):
        changed = True
        while changed:
            changed = False
            for i, w in self.want.items():
                fixed = sum(1 for n in near[i] if self.domain[n] == {1})
                free = [n for n in near[i] if len(self.domain[n]) == 2]
                if fixed > w or fixed + len(free) < w: return False
                if free and fixed == w:
                    for n in free: self.domain[n] = {0}
                    changed = True
                elif free and fixed + len(free) == w:
                    for n in free: self.domain[n] = {1}
                    changed = True
        return True
    def solve(self):
        if not self.propagate(): return 0
        open_ = [i for i, d in enumerate(self.domain) if len(d) == 2]
        if not open_: return 1
        i = max(open_, key=lambda k: sum(n in self.want for n in near[k]))
        total = 0
        for v in (0, 1):
            s = self.copy(); s.domain[i] = {v}; total += s.solve()
        return total
total = 0
for seed in range(1, 34):
    bits = [(seed * 2654435761 >> (i % 29)) & 1 for i in range(len(cells))]
    want = {i: sum(bits[n] for n in near[i]) for i in itertools.islice(range(len(cells)), seed % 2, None, 4)}
    total += State(want).solve()
print(total)
