"""Integer loops: sieve, matrix product, collatz, while loops."""
def sieve(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    i = 2
    while i * i <= n:
        if flags[i]:
            for j in range(i * i, n + 1, i): flags[j] = False
        i += 1
    return sum(flags)
def matmul(a, b):
    n, bt = len(a), list(zip(*b))
    return [[sum(x * y for x, y in zip(r, c)) for c in bt] for r in a]
def steps(limit):
    best = 0
    for s in range(1, limit):
        n, k = s, 0
        while n != 1:
            if n & 1: n = 3 * n + 1
            else: n >>= 1
            k += 1
        if k > best: best = k
    return best
m = [[(i * j + 1) % 10 for j in range(100)] for i in range(75)]
p = matmul(matmul(m, m), m)
print(sieve(2000000), sum(map(sum, p)), steps(50000))
