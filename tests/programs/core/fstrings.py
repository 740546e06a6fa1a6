# f-strings: nesting, =, conversions, format specifications, quotes.
name, n, pi = "World", 42, 3.14159
print(f"Hello {name}!", f"{n:5d}|{n:<5}|{n:^5}|{n:>05}", f"{pi:.2f} {pi:10.3e} {pi!r:>10}")
print(f"{name!r} {name!s} {name!a} {'é'!a}", f"{{}} {{{n}}}", f"{n=} {n = } {name=!s} {pi=:.1f} {n + 1 = }")
width, prec = 10, 3
print(f"{pi:{width}.{prec}}|{name:{'*'}^{width}}|{n:{'#'}{'x'}}")
print(f"{'nested ' + f'{n + 1}'} {f"{f"{1}"}"} {"quote" + 'in'}")
print(f"{n if n > 3 else 0} {[x for x in range(3)]} { {1: 2}[1] } {(lambda x: x * 2)(4)}")
print(f"""multi
{n}
line {
    name
    # a comment
}""")
print(f"{n:,} {1234567.891:,.2f} {1234567:_} {255:b} {255:#x} {255:o} {0.5:%} {n:+} {-n: } {n:08.3f}")
print(rf"\n{n}\t", f"\N{BULLET} \x41 \u00e9", f'{"\n".join(["a", "b"])}', f"{'a' 'b'}")
class F:
    def __format__(self, spec): return f"<{spec}>"
    def __repr__(self): return "repr"
    def __str__(self): return "str"
print(f"{F()} {F():abc} {F()!r:>6} {F()!s:<5}| {F():{n}} {F()=} {F()=!s}")
print(f"{n!r:^{width}}|{None}|{True:d}|{True}|{'x':>{2 + 3}}|{3:{'0'}{5}}")
print(f"{'a':}" f" joined {n}" " and {plain}")
import datetime
print(f"{datetime.date(2024, 2, 29):%Y/%m/%d %A}", f"{datetime.timedelta(days=1)}")
for spec, value in [("d", "x"), ("s", 1), (".2d", 1), ("q", 1.0), (",s", "a"), ("=5", "a"), (",,", 1), ("_c", 65), ("+s", "a"), ("10" * 20, 1), ("#s", "a"), ("z", 1), ("", [])]:
    try:
        print(format(value, spec))
    except (ValueError, OverflowError) as e:
        print(type(e).__name__, e)
try:
    f"{[]:x}"
except TypeError as e:
    print(e)
print(f"{'%'}%", f"{n:%}", f"{65:c}{8364:c}")
print(f'{n:{"{"}>5}')
print(f"{*[1, 2],}", f"{n,}", f"{'a' == 'a'}", f"{n!=3}", f"{n>=3}", f"{(x:=5)} {x:=5}")
