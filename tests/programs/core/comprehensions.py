# Comprehensions of four kinds, nesting, conditions, scopes, order of evaluation.
print([x * y for x in range(3) for y in range(x)], {x % 3 for x in range(10)} == {0, 1, 2})
print({k: v for k, v in zip("abc", range(3))}, list(x for x in "ab"))
print([[j for j in range(i)] for i in range(4)])
print([x for x in range(20) if x % 2 if x % 3])
print([(x, y) for x, y in {1: 2, 3: 4}.items()], [a + b for a, *_, b in ["xyz", "pq"]])
x = "outer"
print([x for x in range(2)], x)
def trace(label, it):
    print("iter", label)
    return it
print([(a, b) for a in trace("a", [1, 2]) for b in trace("b", [3]) if trace("if", True)])
g = (1 / n for n in (1, 0))
print(next(g))
try:
    next(g)
except ZeroDivisionError as e:
    print(e)
print(list(g))
try:
    (i for i in 5)
except TypeError as e:
    print(e)
class C:
    n = 3
    items = [i for i in range(n)]
    try:
        bad = [n for _ in range(1) for _ in range(n)]
    except NameError as e:
        print(e)
print(C.items)
def f():
    return [lambda: (i, j) for i in range(2) for j in range(2)]
print([g() for g in f()])
print({i: {j: i * j for j in range(i)} for i in range(3)})
print(sum(x for x in range(10)), max((len(w), w) for w in "a bbb cc".split()))
print({(lambda k: k)(k): v for k, v in [(1, 2)]})
def order():
    def k(): print("key"); return 1
    def v(): print("value"); return 2
    return {k(): v() for _ in range(1)}
print(order())
print([locals_ for locals_ in [1]], "locals_" in globals())
def args(*a): return [y for y in a if (lambda z: z > 1)(y)]
print(args(1, 2, 3))
print([[y for y in x] for x in ["ab", "c"]], [y for x in ["ab", "c"] for y in x])
nested = [[[k for k in range(j)] for j in range(i)] for i in range(4)]
print(nested)
print([None for _ in range(2)], [*(x for x in [1])], (y := [z for z in [1, 2]]))
