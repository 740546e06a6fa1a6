# Integer operators over signs and sizes.
vals = [0, 1, -1, 2, -2, 7, -7, 10, 255, -256, 2**30 - 1, 2**30, -2**30, 2**31, 2**50 - 1, 2**50, -2**50, -2**50 - 1, 2**63, -2**63, 2**64 + 1, 10**25, -10**25]
def checksum(text):
    h = 0
    for c in text: h = (h * 31 + ord(c)) % 1000000007
    return h
for op in ("+", "-", "*", "//", "%", "&", "|", "^", "/", "<", "=="):
    out = []
    for a in vals:
        for b in vals:
            try:
                out.append(repr(eval(f"({a}) {op} ({b})")))
            except ZeroDivisionError as e:
                out.append(str(e))
    print(op, len(out), checksum(" ".join(out)))
for a, b in ((7, 2), (-7, 2), (7, -2), (-7, -2), (10**20, 7), (-10**20, 7), (2**64, -3), (5, 10**30), (-5, 10**30)):
    print(a // b, a % b, divmod(a, b), a / b)
print(1 << 100, -1 << 70, (1 << 100) >> 98, -1 >> 1000, -5 >> 1, 5 >> 1, 0 << 10**9, 1 >> 10**30)
print(~0, ~(2**70), -(-5), +True, -True, ~True.__index__())
print(2**100, (-2)**3, 2**-2, 0**0, (-1)**10**9, pow(3, 10**10, 7), pow(-3, 5, 7), pow(3, 5, -7), pow(10**20, -1, 10**9 + 7))
for s in ("1 // 0", "1 % 0", "1 / 0", "divmod(1, 0)", "0 ** -1", "1 << -1", "1 >> -1", "pow(2, -1, 4)", "pow(1, 1, 0)", "10**400 / 3", "1 << 10**30", "2 ** 1.5j", "int('9' * 5000)", "str(10 ** 5000)"):
    try:
        print(s, eval(s))
    except Exception as e:
        print(s, "->", type(e).__name__, e)
print((2**64).bit_length(), (-8).bit_length(), (255).bit_count(), (-7).bit_count(), (10**30).bit_count())
print((1024).to_bytes(2, "big"), (-2).to_bytes(3, "little", signed=True), int.from_bytes(b"\xff\x00", "big"), int.from_bytes(b"\xff\xfe", "little", signed=True))
for args in ((-1, 2, "big"), (256, 1, "big"), (1, -1, "big"), (1, 1, "middle")):
    try:
        print(args[0].to_bytes(*args[1:]))
    except Exception as e:
        print(type(e).__name__, e)
print((5).to_bytes(), int.from_bytes([1, 2]), (3).as_integer_ratio(), (3).numerator, (3).denominator, (3).real, (3).imag, (3).conjugate(), (5).is_integer())
print(hash(2**61 - 1), hash(2**61), hash(-1), hash(-2), hash(10**40), hash(-10**40))
