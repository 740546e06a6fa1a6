# str.format, format_map, field access, nested specifications, errors.
class O:
    x = 5
    d = {"k": [1, 2], 3: "three"}
    def __format__(self, spec): return f"O<{spec}>"
    def __str__(self): return "O!"
    def __repr__(self): return "repr"
o = O()
print("{} {} {{}}".format(1, "a"), "{1} {0} {1}".format("a", "b"), "{a} {b}".format(a=1, b=2), "{0} {a}".format(1, a=2))
print("{0.x} {0.d[k]} {0.d[k][1]} {0.d[3]} {a[0]} {a[-1]}".format(o, a={"-1": "neg", 0: "zero"}))
print("{!r} {!s} {!a} {:spec} {!r:>8} {!s:<4}|".format(o, o, "é", o, o, o))
print("{:{}} {:{w}.{p}f} {:>{w}}".format("a", 5, 3.14159, "x", w=8, p=2), "{:*^{n}}".format("mid", n=9))
print("{:5}|{:<5}|{:>5}|{:^5}|{:x^5}".format(1, 1, "a", "a", "n"), "{:d} {:x} {:#b} {:e} {:%} {:,} {:_}".format(1, 255, 5, 1.5, 0.5, 10**6, 10**6))
print("{a.real} {a.imag}".format(a=3), "{0[a]}".format({"a": 1}), "{:s} {:.2s} {:5.1s}|".format("abc", "abc", "abc"), "{0}{1}{0}".format("x", "y"))
print("{x} {y}".format_map({"x": 1, "y": 2}))
class D(dict):
    def __missing__(self, k): return f"<{k}>"
print("{a} {b}".format_map(D(a=1)))
import datetime
print("{:%Y-%m-%d %H:%M}".format(datetime.datetime(2024, 1, 2, 3, 4)))
for f, a in (("{}", ()), ("{1}", (0,)), ("{a}", ()), ("{", ()), ("}", ()), ("{0", ()), ("{0!x}", (1,)), ("{0!}", (1,)), ("{!r", (1,)), ("{:{:{}}}", (1, 2, 3)), ("{} {0}", (1,)), ("{0} {}", (1,)), ("{0.nope}", (1,)), ("{0[x]}", ([1],)), ("{0[5]}", ([1],)), ("{0[}", (1,)), ("{:d}", ("a",)), ("{:.3d}", (1,)), ("{:s}", (1,)), ("{:z}", (None,)), ("{0[]}", (1,)), ("{.}", (1,)), ("{0.}", (1,)), ("{:10" + "0" * 30 + "}", (1,)), ("{!rr}", (1,)), ("{a b}", ()), ("{-1}", (1,)), ("{0[a]b}", ({"a": 1},))):
    try:
        print(repr(f), f.format(*a))
    except Exception as e:
        print(repr(f), "->", type(e).__name__, e)
print(format("abc", "^7"), format("abc", ".1"), format("abc", "06"), format("é", "*<3"), format(None, ""), format(o, ""), format(o, "q"))
print("%s %r %a %%" % ("a", "b", "é"), "%(x)s %(y)05d" % {"x": 1, "y": 2}, "%-5s|%5s|%.2s" % ("a", "b", "cde"), "%s" % (1,), "%s" % [1, 2], "%s %s" % (1, (2,)))
for f, a in (("%s", ()), ("%s", (1, 2)), ("%(a)s", 1), ("%(a)s", {}), ("%d", "1"), ("%c", "abc"), ("%c", 10**9), ("%z", 1), ("%*d", ("a", 1)), ("%(a", {"a": 1}), ("%", ()), ("abc", 5), ("abc", {}), ("%.f", 2.5), ("%5%", ()), ("%i", None), ("%s %(a)s", {"a": 1})):
    try:
        print(f, "=", f % a)
    except Exception as e:
        print(f, "->", type(e).__name__, e)
