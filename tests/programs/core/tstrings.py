# Template strings (PEP 750).
from string.templatelib import Template, Interpolation
name, n = "World", 42
t = t"Hello {name}! {n:>5} {n + 1!r} {n = }"
print(type(t).__name__, t.strings, t.values)
for i in t.interpolations:
    print(i.value, i.expression, i.conversion, i.format_spec)
print([p if isinstance(p, str) else p.expression for p in t])
print(t)
def render(template):
    out = []
    for part in template:
        if isinstance(part, str):
            out.append(part)
        else:
            value = part.value
            if part.conversion == "r": value = repr(value)
            elif part.conversion == "s": value = str(value)
            elif part.conversion == "a": value = ascii(value)
            out.append(format(value, part.format_spec))
    return "".join(out)
print(render(t), render(t"{'é'!a} {3.14159:.{n - 40}f}"))
print((t"a{1}" + t"b{2}").strings, (t"a" t"b").strings, t"".strings, t"{1}{2}".strings)
for bad in ("t'a' + 'b'", "'a' + t'b'", "t'{}'", "t'{1!x}'", "t'a' 'b'", "t'{a b}'"):
    try:
        print(eval(bad))
    except (TypeError, SyntaxError, NameError) as e:
        print(type(e).__name__, e)
i = Interpolation("v", "expr", "r", ".2")
print(i, i.value, Template("x", i, "y").strings, Template("a", "b").strings, Template(i, i).strings)
match i:
    case Interpolation(value, expr, conv, spec):
        print(value, expr, conv, spec)
print(rt"\n{name}".strings, t"{{}}".strings, t'''{
    n
}'''.interpolations[0].expression)
try:
    Interpolation(1, "x", "q")
except ValueError as e:
    print(e)
try:
    Template(1)
except TypeError as e:
    print(e)
nested = t"{t'{n}'}"
print(nested.values[0].values, t"{name!r:{n}}".interpolations[0].format_spec)
print(hasattr(t, "__dict__"), t == t"Hello", list(t"x"), list(t"{1}x"))
lazy = [t"{k}" for k in range(3)]
print([x.values for x in lazy])
