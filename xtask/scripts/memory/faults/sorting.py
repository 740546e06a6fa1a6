"""Sorting, heaps, bisection, numbers."""

import bisect
import decimal
import fractions
import functools
import heapq
import math
import operator


def work():
    words = [str(i * 7919 % 101) for i in range(60)]
    a = sorted(words)
    b = sorted(words, key=lambda w: (len(w), w), reverse=True)
    c = sorted(words, key=functools.cmp_to_key(lambda x, y: (int(x) > int(y)) - (int(x) < int(y))))
    d = sorted((i * 0.5 % 3, [i]) for i in range(20))
    heap = []
    for w in words:
        heapq.heappush(heap, (int(w), w))
    least = [heapq.heappop(heap) for _ in range(5)] + heapq.nlargest(3, heap)
    at = bisect.bisect(a, "5")
    big = [math.factorial(n) for n in range(0, 60, 7)]
    quotient = functools.reduce(operator.add, big) ** 3 // 10**40
    text = str(quotient) + hex(quotient)
    exact = fractions.Fraction(1, 3) + fractions.Fraction(2, 7)
    with decimal.localcontext(decimal.Context(prec=50)):
        root = str(decimal.Decimal(2).sqrt())
    z = [complex(i, -i) ** 2 for i in range(4)]
    most = max(words, key=int), min(map(int, words)), sum(d_[0] for d_ in d)
    return a[:3], b[:3], c[:3], least, at, text, str(exact), root, z, most, round(2.675, 2), divmod(-(2**90), 2**31)
