"""Times in CPython what `speed.rs` times, with the cost of an empty call taken off; see there."""
import math, random, statistics, sys, time
sys.set_int_max_str_digits(0)


def run(f, count):
    runs = []
    for _ in range(7):
        t = time.perf_counter_ns()
        for _ in range(count): f()
        runs.append((time.perf_counter_ns() - t) / count)
    return statistics.median(runs)


def timed(name, count, f): print(f"{name:<28} {run(f, count) - run(lambda: None, 20000):>14.1f}", flush=True)


def number(bits):
    n = 3 ** (bits * 2 // 3 + 9)
    return n >> (n.bit_length() - bits)


for bits in (90, 300, 600, 1000, 3000, 10_000, 100_000, 1_000_000):
    a, b = number(bits), number(bits) + 12345
    timed(f"mul {bits}", max(3, min(100_000, 20_000_000 // (bits * 20 + bits * bits // 100))), lambda: a * b)
a, b = number(3000), number(1200)
timed("add 3000", 100_000, lambda: a + a)
timed("divmod 3000 1200", 20_000, lambda: divmod(a, b))
c, d = number(150), number(100)
timed("divmod 150 100", 50_000, lambda: divmod(c, d))
m, base, e = number(2048) | 1, number(2040), number(2048)
timed("pow mod 2048", 3, lambda: pow(base, e, m))
for digits in (25, 100, 1000, 10_000, 100_000, 1_000_000):
    n = number(digits * 3322 // 1000)
    count = max(1, min(50_000, 20_000_000 // (digits * 30 + digits * digits // 100)))
    timed(f"str {digits} digits", count, lambda: str(n))
    s = str(n)
    timed(f"int {digits} digits", count, lambda: int(s))
timed("factorial 5000", 5, lambda: math.factorial(5000))
xs = [0.1 + 0.37 * i for i in range(100_000)]
for name, f in (("repr float", repr), ("parse float", lambda x: float("12345.678901234")), ("format .2f", lambda x: f"{x:.2f}"), ("write %.17g", lambda x: "%.17g" % x),
                ("round 2", lambda x: round(x, 2)), ("hypot 2", lambda x: math.hypot(x, 3.0)), ("erf", lambda x: math.erf(x % 3.0)), ("asinh", math.asinh)):
    it = iter(xs * 8)
    timed(name, 100_000, lambda: f(next(it)))
timed("random", 100_000, random.random)
