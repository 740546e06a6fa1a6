# Programs that use big integers.
from math import isqrt, gcd, lcm, factorial, comb, perm
def fib(n):
    a, b = 0, 1
    for _ in range(n): a, b = b, a + b
    return a
print(fib(300))
print(factorial(50), comb(100, 50), perm(20, 5), isqrt(10**41), gcd(2**60, 6**40), lcm(*range(1, 40)))
def is_prime(n):
    if n < 2: return False
    for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if n % p == 0: return n == p
    d, s = n - 1, 0
    while d % 2 == 0: d, s = d // 2, s + 1
    for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        x = pow(a, d, n)
        if x in (1, n - 1): continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1: break
        else:
            return False
    return True
print([p for p in range(80, 130) if is_prime(2**p - 1)], is_prime(2**521 - 1), is_prime(2**523 - 1))
def pi_digits(n):
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    out = []
    while len(out) < n:
        if 4 * q + r - t < m * t:
            out.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return "".join(map(str, out))
print(pi_digits(100))
a, b = 3**500, 7**300
print((a * b) % 1000000007, (a // b) % 10**12, a % b % 10**12, (a * b // b == a), divmod(-a, b)[1] == (-a) % b)
print((a & b).bit_count(), (a | b).bit_count(), (a ^ -b) % 10**9, (-a & b) % 10**9, (-a | -b) % 10**9, (~a ^ b) % 10**9)
x = 0
for i in range(200): x = x * 1103515245 + 12345 + (x >> 7) ^ (x << 3 & (1 << 400) - 1)
print(x % 10**30)
print(sum(int(d) for d in str(2**1000)), sum(map(int, str(factorial(300)))))
for n in (10**15 + 1, 2**64, 2**64 + 1, 10**30, -(10**30), 3**80):
    print(float(n), n / 3, int(float(n)) == n, round(n, -10), float(n) == n, n < float(n), n > float(n))
print(10**308 / 10**300, 2**1023 * 1.0, -(2**1000) / 2**990, (10**400) // (10**399))
for e in (lambda: float(10**309), lambda: 2**1024 * 1.0, lambda: 10**400 + 1.0):
    try:
        e()
    except OverflowError as err:
        print(err)
