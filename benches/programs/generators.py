"""Generators, yield from, send and generator pipelines."""
def tree(lo, hi):
    if lo < hi:
        mid = (lo + hi) // 2
        yield from tree(lo, mid)
        yield mid
        yield from tree(mid + 1, hi)
def numbers(n):
    i = 0
    while i < n:
        yield i
        i += 1
def averager():
    total = count = 0
    value = None
    while True:
        value = yield (total / count if count else 0)
        total += value; count += 1
def chunks(it, n):
    batch = []
    for x in it:
        batch.append(x)
        if len(batch) == n: yield batch; batch = []
total = sum(tree(0, 200000))
total += sum(x for x in (y * 2 for y in numbers(1200000) if y % 2) if x % 3)
av = averager(); next(av)
for i in range(1000000): last = av.send(i)
total += sum(len(c) for c in chunks(numbers(1200000), 10))
print(total, last)
