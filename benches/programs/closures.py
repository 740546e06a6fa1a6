"""Closures, nonlocal, lambdas and partial."""
from functools import partial, reduce
def counter():
    n = 0
    def inc(k=1):
        nonlocal n
        n += k
        return n
    return inc
def compose(*fs): return reduce(lambda f, g: lambda x: g(f(x)), fs)
inc = counter()
f = compose(lambda x: x + 1, lambda x: x * 2, lambda x: x % 1000, lambda x: x ^ 5)
add3 = partial(lambda a, b, c: a + b + c, 1, c=2)
total = 0
for i in range(650000):
    inc(); inc(2)
    total += f(i) + add3(i)
adders = [lambda x, k=k: x + k for k in range(10)]
for i in range(80000):
    for g in adders: total += g(i)
print(inc(0), total)
