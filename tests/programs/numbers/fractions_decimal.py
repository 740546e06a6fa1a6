# fractions, decimal and statistics on top of the number protocol.
from fractions import Fraction as F
import numbers, operator
print(F(3, 6), F("0.125"), F("3/4"), F(0.5), F(-1, -2), F("1e-3"), repr(F(7, 3)), float(F(1, 3)), int(F(7, 2)), round(F(5, 2)), round(F(7, 3), 2))
print(F(1, 3) + F(1, 6), F(1, 2) * 3, F(1, 2) / F(3, 4), F(7, 2) // 1, F(7, 2) % 1, F(1, 2) ** 2, F(4) ** F(1, 2), F(1, 2) + 0.5, F(1, 2) == 0.5, hash(F(1, 2)) == hash(0.5), F(1, 2) < 1)
print(F(3.14159).limit_denominator(100), F(22, 7).numerator, divmod(F(7, 2), F(2, 3)), -F(1, 2), abs(F(-1, 2)), bool(F(0)), F(7, 3).__floor__(), f"{F(1, 3):.5f} {F(22, 7):>10}")
for e in ("F(1, 0)", "F('x')", "F(1.5, 2)", "F(float('nan'))", "F('1/0')", "F(1, 2) + 'a'", "F(1) / 0"):
    try:
        print(eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__, err)
print(isinstance(F(1), numbers.Rational), isinstance(1, numbers.Integral), isinstance(1.5, numbers.Real), isinstance(1j, numbers.Complex), isinstance(True, numbers.Number))
class Half:
    "Reflected operators, priority of subclasses."
    def __init__(self, n): self.n = n
    def __repr__(self): return f"Half({self.n})"
    def __add__(self, o): return Half(self.n + o * 2) if isinstance(o, int) else NotImplemented
    __radd__ = __add__
    def __rsub__(self, o): return f"rsub {o}"
    def __neg__(self): return Half(-self.n)
    def __pow__(self, o, mod=None): return f"pow {o} {mod}"
    def __rpow__(self, o, mod=None): return f"rpow {o}"
    def __divmod__(self, o): return "dm", o
    def __index__(self): return self.n // 2
    def __matmul__(self, o): return "mat"
    def __round__(self, n=None): return ("round", n)
h = Half(6)
print(h + 1, 1 + h, sum([h, 1, 2]), 5 - h, -h, h ** 2, pow(h, 2, 5), 2 ** h, divmod(h, 3), [0, 1, 2, 3][h], h @ h, round(h), round(h, 1), bin(h))
for op in ("h - 1", "h + 'a'", "h * 2", "h < 1", "+h", "~h", "abs(h)", "float(h)", "h // 1", "1 @ h", "h << 1"):
    try:
        print(op, eval(op))
    except TypeError as e:
        print(op, "->", e)
class Base:
    def __add__(self, o): return "base add"
    def __radd__(self, o): return "base radd"
    def __eq__(self, o): return "base eq"
class Sub(Base):
    def __radd__(self, o): return "sub radd"
    def __eq__(self, o): return "sub eq"
print(Base() + Sub(), Sub() + Base(), Base() + Base(), Base() == Sub(), Base() != Sub(), 1 + Sub())
print(operator.add(1, 2), operator.index(True), operator.truediv(1, 4), operator.matmul(h, h))
