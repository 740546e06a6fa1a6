"""Life on sets and on lists."""
from itertools import product
def step(cells):
    counts = {}
    for x, y in cells:
        for dx, dy in product((-1, 0, 1), repeat=2):
            if dx or dy: counts[x + dx, y + dy] = counts.get((x + dx, y + dy), 0) + 1
    return {c for c, n in counts.items() if n == 3 or (n == 2 and c in cells)}
def dense(g):
    h, w = len(g), len(g[0])
    out = []
    for y in range(h):
        a, b, c = g[y - 1], g[y], g[(y + 1) % h]
        row = []
        for x in range(w):
            l, r = x - 1, (x + 1) % w
            n = a[l] + a[x] + a[r] + b[l] + b[r] + c[l] + c[x] + c[r]
            row.append(1 if n == 3 or (n == 2 and b[x]) else 0)
        out.append(row)
    return out
cells = {(0, 1), (1, 3), (2, 0), (2, 1), (2, 4), (2, 5), (2, 6)}
for _ in range(500): cells = step(cells)
g = [[(x * 7 + y * 13 ^ x * y) % 3 == 0 and 1 or 0 for x in range(80)] for y in range(80)]
for _ in range(160): g = dense(g)
print(len(cells), sum(map(sum, g)))
