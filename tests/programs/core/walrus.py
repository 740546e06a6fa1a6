# Assignment expressions and their scopes.
if (n := len("hello")) > 3:
    print(n)
data = [1, 2, 3, 4]
print([y for x in data if (y := x * x) > 4], y)
def total():
    result = [last := i for i in range(3)]
    return result, last
print(total())
print((a := 1, b := 2), a, b)
while (item := data.pop()) > 2:
    print("popped", item)
print(any((hit := x) > 1 for x in [0, 1, 2, 3]), hit)
print(f"{(z := 5)} {z:=+3} {z}")
f = lambda: (w := 3) + w
print(f())
print([(i, j) for i in range(3) if (j := i % 2)])
def nested():
    values = {k: (m := v) for k, v in {"a": 1, "b": 2}.items()}
    return values, m
print(nested())
class K:
    q = [1]
    if (size := len(q)):
        pass
print(K.size)
for source in ("[i := 0 for i in range(3)]", "(x := 1) = 2", "x := 1", "f(x=y := 1)", "[j for i in (j := [1])]",
               "class C:\n  [k := 1 for _ in '']", "lambda: x := 1", "(a.b := 1)", "(a[0] := 1)", "((a, b) := 1)",
               "def f(x=(y := 1)): pass", "(None := 1)", "[[(j := 0) for i in range(5)] for j in range(5)]"):
    try:
        compile(source, "s", "exec")
        print("fine", source)
    except SyntaxError as e:
        print(e.msg)
