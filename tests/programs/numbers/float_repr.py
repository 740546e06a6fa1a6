# repr, str, format and parsing of floats.
vals = [0.0, -0.0, 1.0, 0.1, 1/3, 2/3, 1e16, 1e15, 123456789012345678.0, 1e-4, 1e-5, 1.5e-7, 1e22, 1e23, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308,
        float("inf"), float("-inf"), float("nan"), 3.14159, 100.0, 1e100, 9007199254740993.0, 0.1 + 0.2, 1.1 * 1.1, 2.5, 4.35, 1e-10, 12345.6789]
for v in vals:
    print(repr(v), str(v), f"{v:.3f}" if abs(v) < 1e50 else f"{v:.3e}", f"{v:g} {v:.10g} {v:e} {v:.0e}", f"{v:%}" if abs(v) < 1e10 else "", v.hex())
for spec in (".0f", ".1f", ".2f", "10.3f", "<10.2f", "^+10.1f", "010.2f", ",.2f", "_.1f", "+.1e", " .2g", "#.3g", ".0%", "e", "E", "G", "F", "n", "", "15", ">15", ".15g", ".17g", "z.1f", "-.1f", "#.0f", ",", "=+12.1f", "0=12.1f"):
    print(spec, [format(v, spec) for v in (0.0, -0.04, 1.5, 2.5, -1234567.891, 1e20, 0.000123)])
for t in ("1", "1.", ".5", "1e5", "1E-5", "+1.5", "-.5e+2", " 1.5 ", "1_000.5", "inf", "-Infinity", "NaN", "1e400", "-1e400", "1e-400", "0x1p3", "1..2", "", "e5", "1e", "1_", "--1", "٣.٥", "1.7976931348623159e308", "2.4703282292062328e-324", "0." + "1" * 50, "9" * 400, "1 2", "infinit"):
    try:
        print(repr(t[:30]), float(t))
    except ValueError as e:
        print(repr(t[:30]), e)
print(float.fromhex("0x1.8p3"), float.fromhex("-0x.1p-4"), float.fromhex("inf"), (0.1).hex(), float.fromhex((0.1).hex()) == 0.1)
for t in ("0x", "1.8.8", "0x1p99999", "zz"):
    try:
        print(float.fromhex(t))
    except (ValueError, OverflowError) as e:
        print(type(e).__name__, e)
print((0.5).as_integer_ratio(), (0.1).as_integer_ratio(), (3.0).is_integer(), (3.5).is_integer(), (1e300).is_integer())
for v in (float("inf"), float("nan")):
    for f in (int, round, float.as_integer_ratio):
        try:
            print(f(v))
        except (ValueError, OverflowError) as e:
            print(type(e).__name__, e)
print("%.3f %5.1f|%-8.2f|%08.2f %e %G %+.1f %g %.0f %#.0f" % (1.0005, 2.25, 3.5, -4.5, 12345.678, 1e-10, 5, 1e6, 0.5, 1))
print(float.from_number(3), 1.0 .__repr__(), float(), float("1" + "0" * 30))
