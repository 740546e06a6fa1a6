# Float operators, rounding, comparison with ints, division.
import math
inf, nan = math.inf, math.nan
vals = [0.0, -0.0, 1.5, -2.5, 7.0, 1e300, inf, -inf, nan, 3]
for op in ("+", "-", "*", "/", "//", "%", "**"):
    row = []
    for a in vals:
        for b in vals:
            try:
                row.append(repr(eval(f"a {op} b")))
            except (ZeroDivisionError, OverflowError) as e:
                row.append(type(e).__name__[0] + str(len(str(e))))
    print(op, " ".join(row))
for e in ("1.0 / 0", "1.0 // 0.0", "1 % 0.0", "divmod(1.0, 0)", "0.0 ** -1", "1e200 ** 2", "math.exp(1000)", "(-1.0) ** 0.5", "(-8) ** (1/3)", "math.sqrt(-1)", "math.log(0)", "math.factorial(2.5)", "math.fmod(1, 0)", "math.acos(2)", "int(1e20)", "math.pow(0, -1)"):
    try:
        print(e, eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__, err)
for n in (0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1e16 + 0.5, 0.05, 1234.5678):
    print(n, round(n), round(n, 1), round(n, 2), round(n, -2), math.floor(n), math.ceil(n), math.trunc(n), int(n))
print(2**53 == 2.0**53, 2**53 + 1 == 2.0**53, 2**53 + 1 > 2.0**53, 10**400 > inf, 10**400 < inf, -10**400 < nan, 1 < 1.5, 0.1 + 0.2 == 0.3)
print(hash(1.5), hash(1.0), hash(inf), hash(-inf), hash(1e300), hash(0.1), hash(-0.0))
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, divmod(-7.5, 2), 1e16 % 3, 5.0 % inf, -5.0 % inf)
print(math.copysign(1, -0.0), 0.0 == -0.0, str(-0.0 + 0), -0.0 * 5, min(0.0, -0.0), max(-0.0, 0.0))
print(sum([0.1] * 10), math.fsum([0.1] * 10), sum([1e16, 1, -1e16]), sum([1e100, 1.0, -1e100]), math.prod([1.5, 2, 3]))
print(float(True), 1.5.__round__(), 2.5.__trunc__(), 1.5.__floor__(), 1.5.__ceil__(), (1.5).real, (1.5).imag, (1.5).conjugate())
print(type(1.0 + 1), type(1 + True), type(1 / 1), type(4 // 2.0), 1e3 == 1000, 3 == 3.0 == 3 + 0j)
print(1.5.__add__("a"), (1).__add__(1.5), 1.5.__radd__(1), 1.5.__eq__("a"), 1.5.__lt__(2))
