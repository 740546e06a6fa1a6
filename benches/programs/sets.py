"""Set algebra, membership, set comprehensions."""
total = 0
for r in range(14):
    a = set(range(0, 60000, 2)); b = {x * 3 for x in range(20000)}
    total += len(a | b) + len(a & b) + len(a - b) + len(a ^ b) + (a >= b)
    seen = set()
    x = r + 1
    for _ in range(40000):
        x = x * 1103515245 + 12345 & 0xFFFFF
        if x in seen: total += 1
        else: seen.add(x)
    f = {frozenset((i, i + 1, i % 7)) for i in range(15000)}
    total += len(f) + len({w for w in ("a b c d e " * 1000).split()})
print(total)
