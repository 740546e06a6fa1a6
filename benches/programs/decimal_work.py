"""Decimal arithmetic: interest, square roots, rounding, text."""
from decimal import Decimal, ROUND_HALF_UP, getcontext, localcontext
cent = Decimal("0.01")
balance, rate = Decimal("1000.00"), Decimal("0.000137")
total = Decimal(0)
for day in range(170000):
    interest = (balance * rate).quantize(cent, rounding=ROUND_HALF_UP)
    balance += interest
    total += interest
    if balance > 5000: balance = Decimal("1000.00") + balance % 7
def pi():
    with localcontext() as ctx:
        ctx.prec = 60
        lasts, t, s, n, na, d, da = 0, Decimal(3), 3, 1, 0, 0, 24
        while s != lasts:
            lasts = s
            n, na, d, da = n + na, na + 8, d + da, da + 32
            t = (t * n) / d
            s += t
        return +s
for _ in range(300): digits = pi()
roots = sum(Decimal(i).sqrt() for i in range(1, 8000))
prices = sorted(Decimal(i * 7919 % 10007) / 100 for i in range(40000))
print(balance, total, digits, roots, prices[77], sum(prices), len(",".join(map(str, prices))), getcontext().prec)
