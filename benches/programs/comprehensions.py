"""Pipelines of comprehensions and generator expressions."""
total = 0
for r in range(90):
    a = [x * x for x in range(20000) if x % 3]
    b = {x: y for x, y in zip(a, range(len(a)))}
    c = sum(x for x in a if x % 7 == r % 7)
    d = [(i, j) for i in range(100) for j in range(i) if (i + j) % 5 == 0]
    e = [[k * 2 for k in range(n)] for n in range(120)]
    f = any(x > 10**9 for x in a), all(x >= 0 for x in a), max((x % 1000, x) for x in a[:5000])
    total += len(b) + c + len(d) + sum(map(len, e)) + f[2][0] + len({x % 100 for x in a})
print(total)
