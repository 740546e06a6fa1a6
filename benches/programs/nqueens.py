"""Queens on a board, by permutations in generators and by bit masks."""
def solve(n, row, cols, left, right):
    if row == n: return 1
    total, free = 0, ~(cols | left | right) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        total += solve(n, row + 1, cols | bit, (left | bit) << 1, (right | bit) >> 1)
    return total
def queens(n, placed=()):
    if len(placed) == n: yield placed; return
    for c in range(n):
        if all(c != p and abs(c - p) != len(placed) - i for i, p in enumerate(placed)):
            yield from queens(n, placed + (c,))
print(solve(12, 0, 0, 0, 0), sum(1 for _ in queens(10)))
