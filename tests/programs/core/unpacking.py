# Star targets, nested targets, errors of unpacking.
a, b = 1, 2
a, b = b, a
print(a, b)
*a, b = "xyz"
print(a, b)
a, *b = [1]
print(a, b)
a, (b, *c), d = 1, (2, 3, 4), 5
print(a, b, c, d)
[p, q], r = "ab", "c"
print(p, q, r)
x = [0, 0]
i = 0
i, x[i] = 1, 9
print(i, x)
for k, (v, *w) in [("a", (1, 2, 3)), ("b", "q")]:
    print(k, v, w)
def gen():
    yield 1
    yield 2
    print("exhausting")
    yield 3
cases = [
    ("a, b = 1, 2, 3", {}), ("a, b = (1,)", {}), ("a, b, c = gen()", {}), ("a, b = gen()", {}), ("a, *b, c = [1]", {}),
    ("a, b = 5", {}), ("a, b = None", {}), ("(a, b), c = 1, 2", {}), ("a, b = {}", {}), ("a, b = {'x': 1, 'y': 2}", {}),
    ("() = []", {}), ("() = [1]", {}), ("[] = ()", {}), ("*a, = 3,", {}), ("a, b = range(10**9)", {}),
]
for source, _ in cases:
    try:
        exec(source, globals())
        print(source, "->", a, b)
    except (TypeError, ValueError) as e:
        print(source, "->", type(e).__name__, e)
print([*range(3), *"ab", *{}], (*[1], 2), {*"a", *[1]} == {"a", 1}, {**{"a": 1}, "b": 2, **{"a": 3}})
def f(*args, **kwargs): return args, kwargs
print(f(*[1], 2, *(3,), x=1, **{"y": 2}, **{"z": 3}))
class It:
    def __getitem__(self, i):
        if i == 3: raise IndexError
        return i * i
a, b, c = It()
print(a, b, c, [*It()])
def ret(): return 1, *[2, 3]
print(ret())
