# Integers from and to text in every base.
import sys
for base in (2, 3, 7, 8, 10, 16, 36):
    n = 123456789 ** 5
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    m = n
    while m:
        m, r = divmod(m, base)
        text = digits[r] + text
    print(base, text, int(text, base) == n, int("-" + text.upper(), base) == -n)
for text, base in (("0x_f", 16), ("0b1_0", 0), ("0o17", 0), ("010", 10), ("010", 0), ("1__0", 10), ("_1", 10), ("1_", 10), ("+5", 10), ("--5", 10), ("٣٤", 10), (" \n7\t", 10), ("0x", 16), ("z", 36), ("9", 8), ("1 2", 10), ("", 10), ("0", 0), ("00", 0), ("0_0", 0), ("1e5", 10), ("½", 10), ("\x00", 10), (b"12", 10), (b"\xff", 10)):
    try:
        print(repr(text), base, int(text, base))
    except ValueError as e:
        print(repr(text), base, e)
class Idx:
    def __index__(self): return 16
class Tr:
    def __int__(self): return 7
class Bad:
    def __int__(self): return "7"
print(int("ff", Idx()), int(Idx()), int(Tr()), hex(Idx()))
try:
    int(Bad())
except TypeError as e:
    print(e)
try:
    int("1", 2.5)
except TypeError as e:
    print(e)
try:
    int(5, 10)
except TypeError as e:
    print(e)
n = 3 ** 2000
s = str(n)
print(len(s), s[:20], s[-20:], int(s) == n)
print(sys.get_int_max_str_digits())
sys.set_int_max_str_digits(10000)
print(len(str(10 ** 9000)))
sys.set_int_max_str_digits(4300)
for bad in (lambda: str(10 ** 4300), lambda: int("1" * 4301), lambda: f"{10**4300}", lambda: sys.set_int_max_str_digits(5), lambda: repr(-10**5000), lambda: "%d" % 10**4400):
    try:
        print(len(bad()))
    except Exception as e:
        print(type(e).__name__, e)
print(len(hex(10**5000)), int("f" * 5000, 16).bit_length(), len(f"{10**5000:x}"))
for spec in ("d", "x", "#X", "b", "#b", "#o", ",", "_", "_x", "_b", "+", " ", "010", "<10", "^10", "*>12", "=+10", "e", ".3f", "%", "c", "n", "g", "08,d", "#_x", "z.1f"):
    try:
        print(spec, [format(v, spec) for v in (0, 65, -255, 1234567)])
    except (ValueError, OverflowError) as e:
        print(spec, e)
print("%d %i %5d|%-5d|%05d %+d % d %x %X %#x %o %#o %c %s %r %u" % (1, 2, 3, 4, 5, 6, 7, 255, 255, 255, 8, 8, 65, 1, 2, 3))
print("%d" % 3.99, "%d" % True, "%.5d" % 42, "%*d" % (6, 42), "%-*d|" % (6, 42), "%.10x" % 255)
for fmt, arg in (("%d", "x"), ("%x", 1.5), ("%c", -1), ("%c", "ab"), ("%d", 1j), ("%q", 1), ("%", 1), ("%d %d", 1), ("%d", (1, 2)), ("%(a)d", 1)):
    try:
        print(fmt % arg)
    except Exception as e:
        print(fmt, type(e).__name__, e)
