# decimal: contexts, rounding, signals, formatting.
from decimal import *
D = Decimal
print(D("1.10") + D("2.2"), D(1) / D(3), D("0.1") * 3 == D("0.3"), D("1E+5"), D("-0"), D("Infinity"), D("NaN"), D(5), D(0.1), D((1, (1, 2, 3), -2)), repr(D("1.5")), D("1.20").normalize(), D("123.456").quantize(D("0.01")), D("2.5").quantize(D(1), ROUND_HALF_UP), D("2.5").to_integral_value(), round(D("2.675"), 2), round(D("2.5")), int(D("3.9")), float(D("1.5")), D(2).sqrt(), D(2) ** D("0.5"), D(10).log10(), D(1).exp(), D(2).ln(), divmod(D(7), D(-2)), D(-7) // 2, D(-7) % 3, abs(D(-1)), -D(1), D("1e3").to_eng_string(), D("12345.678").adjusted(), D("1.5").as_tuple(), D("0.25").as_integer_ratio(), D(7).remainder_near(4), D("1.1").compare(D(1)), max(D(1), D("1.5")), D(3).fma(2, 1), hash(D(1)) == hash(1), D("1.0") == 1, D("1.5") == 1.5, D("NaN") == D("NaN"), sorted([D(3), D(1)]))
for s in (".2f", "10.3f", ",.2f", "e", "g", "%", "+.1f", "08.2f", "<8|"[:2], ""): print(format(D("1234.5678"), s), format(D("-0.001"), s))
with localcontext() as c:
    c.prec = 5; print(D(1) / D(7), +D("1.23456789"), c.prec); c.rounding = ROUND_UP; print(D(1) / D(3)); c.traps[Inexact] = True
    try: D(1) / D(3)
    except Inexact as e: print(type(e).__name__)
for e in ("D(1) / 0", "D(0) / 0", "D('x')", "D('1_000')", "D(-1).sqrt()", "D('sNaN') + 1", "D('1E999999') * 10 ** 999999", "D(1) + 1.5", "D(1) < 'a'", "D('Infinity') - D('Infinity')", "D(5) % 0", "D('1').quantize(D('1E-50'))", "int(D('NaN'))", "int(D('Infinity'))", "round(D('NaN'))", "D([])", "D((1, 2))", "D('NaN') < 1", "format(D(1), 'x')", "D(1).nope", "D(0) ** 0", "D(-8) ** D('0.5')", "hash(D('sNaN'))", "D(1.5) + D(1)", "D(10) ** 100", "D('1e-400')", "sum([D('0.1')] * 10)", "D(1) == 'a'", "D(7).scaleb(2)", "D(7).shift(1)", "D(5).logical_and(1)", "Context(prec=0)", "getcontext().prec", "D('123').rotate(1)", "D(1) // D('0.3')", "getcontext().create_decimal('1.23456789012345678901234567890')", "D('1e5').is_signed(), D('0').is_zero(), D('NaN').is_nan()", "D('1').next_plus()", "D.from_float(0.5)", "D('٣')"):
    try: print(e, "=", eval(e))
    except Exception as err: print(e, "->", type(err).__name__, err)
setcontext(Context(prec=9, rounding=ROUND_DOWN)); print(getcontext().prec, D(2) / 3, getcontext().flags[Inexact], BasicContext.prec, ExtendedContext.traps[DivisionByZero]); print([D("2.55").quantize(D("0.1"), r) for r in (ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, ROUND_05UP)], repr(getcontext())[:60])
class MyD(Decimal): pass
print(MyD("1") + 1, type(MyD("1") + 1), MyD("2.5"), __import__("pickle").loads(__import__("pickle").dumps(D("1.5"))), __import__("copy").copy(D(1)), D("1.50").copy_negate(), D(1).compare_total(D("1.0")), D("100").normalize(), str(D("1E+2")), f"{D('100'):f}")
