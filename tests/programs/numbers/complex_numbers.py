# complex: parsing, printing, operators, errors.
import cmath
for z in (0j, -0j, 1 + 2j, complex(-0.0, 1), complex(1, -0.0), 1.5 - 2.5j, complex("inf"), complex("nan+infj"), 1e20 + 1e-7j, -3j, complex(float("inf"), -float("inf"))):
    print(repr(z), z.real, z.imag, z.conjugate(), -z, abs(z), bool(z))
a, b = 3 + 4j, 1 - 2j
print(a + b, a - b, a * b, a / b, a ** b, a ** 2, a ** -1, a ** 0.5, 2 ** a, a == 3 + 4j, a != b, a == 3, 3 == 3 + 0j, abs(a))
print(complex(), complex(1), complex(1, 2), complex("1"), complex("j"), complex(" -2j "), complex("(1+2j)"), complex("1e3-5.5J"), complex(1.5 + 1j, 2), complex(1j, 1j))
for t in ("1+", "1 + 2j", "", "i", "1+2", "()", "1+2jj"):
    try:
        print(complex(t))
    except ValueError as e:
        print(repr(t), e)
for e in ("1j < 2j", "1j // 1", "1j % 1", "int(1j)", "float(1j)", "1j / 0", "0j ** -1", "complex('1', 2)", "complex(1, '2')", "complex([])", "divmod(1j, 1)", "round(1j)", "math", "1j ** 1000000000", "(1e200+1j) ** 3"):
    try:
        print(e, eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__, err)
print(f"{a:.2f}", f"{a:>20}", f"{a:e}", f"{a:+.1f}", f"{a:,.3f}", format(a, ""), f"{1234.5j:,.1f}", "%s %r" % (a, b))
try:
    format(a, "010")
except ValueError as e:
    print(e)
try:
    format(a, "d")
except ValueError as e:
    print(e)
print(hash(1 + 0j) == hash(1), hash(3 + 4j), 1j * 1j, 1j ** 2, (1 + 1j) ** 10, 5 - 0j, 0j + 1, True + 1j)
print(cmath.sqrt(-4), cmath.phase(1j), cmath.polar(1j), abs(cmath.exp(cmath.pi * 1j) + 1) < 1e-15, cmath.isclose(1j, 1j + 1e-12), cmath.rect(2, 0))
class C:
    def __complex__(self): return 1 + 1j
class F:
    def __float__(self): return 2.5
print(complex(C()), complex(F()), complex(F(), F()), complex.from_number(2))
print(repr(complex(0.0, -0.0)), repr(-(0j)), (1 + 2j).__getnewargs__(), sum([1j, 2, 0.5]), 3 + 4j in {3 + 4j})
