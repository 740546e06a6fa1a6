"""Writes test cases with CPython's answers, one a line, tab separated: operation, arguments, `=`, result.

    python3.14 generate.py GROUP COUNT SEED > recorded/GROUP.txt

Groups: int, float, complex, format, math, cmath, random, pack. Ints are written in hexadecimal, floats with float.hex(),
text with unicode_escape, errors as `!Type: message`.
"""
import cmath, math, random, struct, sys
from fractions import Fraction

sys.set_int_max_str_digits(0)
R = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
COUNT = int(sys.argv[2])


def show(v):
    if isinstance(v, bool): return str(v)
    if isinstance(v, int): return hex(v)
    if isinstance(v, float): return v.hex()
    if isinstance(v, complex): return v.real.hex() + "," + v.imag.hex()
    if isinstance(v, str): return v.encode("unicode_escape").decode()
    if isinstance(v, bytes): return v.hex()
    if isinstance(v, (tuple, list)): return " ".join(map(show, v))
    if v is None: return "None"
    raise TypeError(v)


def case(op, f, *args):
    try: r = show(f(*args))
    except Exception as e: r = f"!{type(e).__name__}: {e}".encode("unicode_escape").decode()
    print(op, *map(show, args), "=", r, sep="\t")


def rint(bits=None):
    kind = R.randrange(10)
    if kind == 0: return R.randrange(-3, 4)
    bits = bits or R.choice([5, 30, 31, 53, 60, 62, 63, 64, 65, 90, 120, 121, 150, 300, 700, 1000, 3000])
    n = R.getrandbits(R.randrange(1, bits + 1))
    if kind == 1: n = 1 << R.randrange(bits)
    if kind == 2: n = (1 << R.randrange(bits)) - 1
    if kind == 3: n = (1 << R.randrange(bits)) + R.randrange(-2, 3)
    if kind == 4: n = (n >> bits // 2) << bits // 2
    return -n if R.randrange(2) else n


def rfloat():
    kind = R.randrange(14)
    if kind == 0: return R.choice([0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 5e-324, 2.2250738585072014e-308, 2.225073858507201e-308,
                                   1.7976931348623157e308, 1e16, 1e15, 1e-4, 1e-5, 9.5, 99999.5, 999999.5, 1e22, 1e23])
    if kind == 1: return R.choice([math.inf, -math.inf, math.nan, -0.0])
    if kind <= 3: return struct.unpack("<d", R.randbytes(8))[0]
    if kind <= 5: return round(R.uniform(-1000, 1000), R.randrange(6))
    if kind == 6: return float(R.randrange(-1000, 1000)) / 8
    if kind == 7: return math.ldexp(R.choice([1, -1]), R.randrange(-1074, 1024))
    if kind == 8: return float(R.randrange(-10**18, 10**18))
    if kind == 9: return R.randrange(1, 10000) * 10.0 ** R.randrange(-20, 25)
    return R.uniform(-1, 1) * 10.0 ** R.randrange(-12, 20)


def group_int():
    import operator as o
    binary = {"add": o.add, "sub": o.sub, "mul": o.mul, "divmod": divmod, "floordiv": o.floordiv, "mod": o.mod, "and": o.and_,
              "or": o.or_, "xor": o.xor, "truediv": o.truediv, "gcd": math.gcd, "lcm": math.lcm,
              "cmp": lambda a, b: (a > b) - (a < b)}
    unary = {"neg": o.neg, "invert": o.invert, "hash": hash, "bits": int.bit_length, "count": int.bit_count, "float": float,
             "str": str, "isqrt": math.isqrt, "abs": abs}
    names = list(binary)
    for _ in range(COUNT):
        op = R.choice(names); a = rint(); b = rint()
        if R.randrange(20) == 0: b = a
        if R.randrange(10) == 0: a = a * b + R.randrange(-1, 2)
        case(op, binary[op], a, b)
    for _ in range(COUNT):
        op = R.choice(list(unary)); case(op, unary[op], rint())
        case("lshift", o.lshift, rint(), R.randrange(-1, 300))
        case("rshift", o.rshift, rint(), R.choice([R.randrange(-1, 300), 1 << 80]))
        if R.randrange(4): continue
        case("pow", pow, rint(R.choice([10, 70, 200])), R.randrange(0, 60))
        case("powmod", pow, rint(), R.choice([rint(), R.randrange(100)]), R.choice([rint(), rint() | 1]))
        a, x = rint(), rfloat()
        if R.randrange(2):
            try: x = float(a) + R.choice([0, 0.5, 1, -1])
            except OverflowError: pass
        case("cmpfloat", lambda a, x: (a > x) - (a < x) if x == x else None, a, x)
        case("fromfloat", int, x)
        case("ratio", lambda x: x.as_integer_ratio(), x)
        n = R.randrange(0, 40)
        case("round", round, rint(), -n)
        for little in (True, False):
            signed = bool(R.randrange(2)); size = R.randrange(0, 20); v = rint(R.choice([8, 16, 40, 64, 128]))
            case("tobytes", lambda v, s, l, g: v.to_bytes(s, "little" if l else "big", signed=g), v, size, little, signed)
            case("frombytes", lambda b, l, g: int.from_bytes(b, "little" if l else "big", signed=g),
                 R.choice([R.randbytes(R.randrange(20)), b"\xff" * R.randrange(20), b"\x80" + bytes(R.randrange(16))]), little, signed)
        base = R.randrange(2, 37)
        case("radix", to_base, rint(), base)
        text = to_base(rint(), base)
        case("parse", parse, mangle(text, base), R.choice([base, base, 0]))
        case("parse", parse, mangle(R.choice([hex, oct, bin, str])(rint()), 10), R.choice([0, 0, 2, 8, 16, 10]))
    for n in [-1, 0, 1, 5, 20, 21, 25, 50, 64, 100, 129, 300, 1000, 1 << 70]: case("factorial", math.factorial, n)
    for _ in range(COUNT // 10):
        n, k = R.randrange(-1, 200), R.randrange(-1, 60)
        if R.randrange(4) == 0: n = rint(100)
        case("comb", math.comb, n, k); case("perm", math.perm, n, k)
    for s in ["", " ", "+", "-", "_", "0_", "0x", "0b2", "00", "0_0", "010", "0o8", "0x_f", "0x__f", "--1", "+-1", "1 2", "1__2",
              "1_2", "_12", "12_", "\t12\n", "\x0b1\x0c", "\x1c1", "1" * 18, "9" * 19, "9" * 400, "7" * 401, "0_1", "0B1", "0XfF"]:
        for base in (0, 10, 16, 2, 8): case("parse", parse, s, base)
    for n in (4299, 4300, 4301, 9000):
        case("limitparse", lambda s: limited(lambda: int(s)), "7" * n)
        case("limitstr", lambda e: limited(lambda: str(10 ** e)), n - 1)
    for e in (300, 1000, 5000, 20000):
        for n in (10 ** e, 10 ** e - 1, 3 ** (2 * e), 2 ** (3 * e)): case("str", str, n); case("parse", parse, str(n), 10)


def limited(f):
    sys.set_int_max_str_digits(4300)
    try: return f()
    finally: sys.set_int_max_str_digits(0)


def parse(s, base):
    try: return int(s, base)
    except ValueError as e: raise ValueError("invalid literal" if str(e).startswith("invalid literal") else str(e)) from None


def to_base(n, base):
    if n < 0: return "-" + to_base(-n, base)
    d = ""
    while True:
        n, r = divmod(n, base); d = "0123456789abcdefghijklmnopqrstuvwxyz"[r] + d
        if not n: return d


def mangle(s, base):
    k = R.randrange(12)
    if k == 0: return " " + s + "\n"
    if k == 1: return s.upper()
    if k == 2: return "+" + s
    if k == 3 and len(s) > 2: i = R.randrange(len(s)); return s[:i] + "_" + s[i:]
    if k == 4: return R.choice(["0x", "0b", "0o", "0X"]) + s
    if k == 5: i = R.randrange(len(s)); return s[:i] + R.choice("_z. -1:`@[/{G") + s[i:]
    return s




globals()["group_" + sys.argv[1]]()
