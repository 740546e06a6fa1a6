"""List work: append, slices, insertion, search, nested lists."""
def run():
    total = 0
    for r in range(9):
        a = []
        for i in range(60000): a.append(i ^ r)
        a[10000:20000] = a[30000:40000]
        b = a[::-1] + a[:100] * 3
        while len(b) > 40000: b.pop()
        total += b[5] + b[-5] + len(b) + b.index(b[777]) + b.count(7)
        m = [[x * y for x in range(60)] for y in range(60)]
        t = [list(col) for col in zip(*m)]
        total += sum(t[i][i] for i in range(60)) + (m == t)
        for i in range(2000): a.insert(i, i); del a[i * 2]
        total += sum(a) % 1000 + max(a) + min(a) + (59999 in a)
        s = 0
        for i in range(len(a)): s += a[i] if a[i] & 1 else -a[i]
        total += s % 97
    return total
print(run())
