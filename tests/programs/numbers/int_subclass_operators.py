# Subclasses of numbers, and operators returning NotImplemented.
class I(int):
    def __add__(self, other): return I(int(self) + int(other) + 100)
    def __repr__(self): return f"I({int(self)})"
    def __bool__(self): return False
    def __hash__(self): return 5
a = I(3)
print(a + 1, 1 + a, a * 2, a, str(a), f"{a}", f"{a:03d}", bool(a), hash(a), a == 3, {a: 1}, type(-a), a.__int__(), a.real, int(a), [1, 2, 3, 4][a])
print(sum([a, a]), max(a, 2), sorted([a, 1]), a // 2, a % 2, divmod(a, 2), a ** 2, ~a, a << 1, abs(I(-3)), I("12"), I("ff", 16), I())
class F(float):
    def __eq__(self, other): return "eq"
    __hash__ = float.__hash__
    def __str__(self): return "F!"
f = F(1.5)
print(f == 1, f != 1, f, repr(f), f"{f}", f + 1, type(f * 2), F("2.5"), F.fromhex("0x1p2"), type(F.fromhex("0x1p2")))
class C(complex): pass
print(C(1, 2) + 1, type(C(1, 2) * 2), C("1j"))
class Positive(int):
    def __new__(cls, value):
        if value < 0: raise ValueError("negative")
        self = super().__new__(cls, value)
        self.tag = f"+{value}"
        return self
p = Positive(5)
print(p, p.tag, p + 1, isinstance(p, int), p.__dict__)
try:
    Positive(-1)
except ValueError as e:
    print(e)
class NoOps: pass
for op in "+ - * / // % ** << >> & | ^ @ < <= > >= == !=".split():
    try:
        print(op, eval(f"1 {op} x", {"x": NoOps()}))
    except TypeError as e:
        print(e)
for op in "- + ~ abs round int float complex len iter next hash reversed".split():
    try:
        print(op, eval(f"{op}(x)", {"x": NoOps()}) and "ok")
    except TypeError as e:
        print(e)
print((5).__add__("a"), int.__add__(5, 6), (5).__lt__(5.5), int.__eq__(1, "1"), object().__eq__(1), (1).__rsub__(5))
