"""Dictionary work: counting, grouping, lookup, deletion."""
def run():
    words = [f"w{(i * 7919) % 5003}" for i in range(100000)]
    total = 0
    for _ in range(18):
        counts = {}
        for w in words: counts[w] = counts.get(w, 0) + 1
        groups = {}
        for w, c in counts.items(): groups.setdefault(c, []).append(w)
        squares = {i: i * i for i in range(50000)}
        for i in range(0, 50000, 3): del squares[i]
        total += sum(squares[i] for i in range(50000) if i in squares) + len(groups)
        merged = squares | {("t", i): i for i in range(20000)}
        total += len(merged) + sum(merged.values()) % 1000 + len([k for k in merged if k in squares])
    return total
print(run())
