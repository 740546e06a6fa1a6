"""Arithmetic on big integers: products, powers, division, text."""
import sys
sys.set_int_max_str_digits(0)
def fib(n):
    a, b = 0, 1
    for _ in range(n): a, b = b, a + b
    return a
f = 1
for i in range(1, 5000): f *= i
total = fib(20000) % 10**9
x = 3 ** 5000
for i in range(1, 2200): total += (x // (7 ** i)) % 1000007 + (x % (11 ** i)).bit_length()
m = (1 << 521) - 1
y = 5
for _ in range(9000): y = pow(y, 65537, m)
s = str(f)
print(total, y % 10**12, len(s), sum(map(int, s)), int(s) == f, (f >> 5000 ^ x) & 0xFFFFFF)
