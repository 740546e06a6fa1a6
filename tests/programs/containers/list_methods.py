# list: every method, operators, errors.
l = [3, 1, 2]
l.append(5); l.extend("ab"); l.insert(0, "first"); l.insert(-1, "x"); l.insert(100, "end"); l.insert(-100, "start")
print(l, l.pop(), l.pop(0), l.index(1), l.count(3), len(l))
l.remove("x"); l.reverse()
print(l, l.copy() is l, l + [1], l * 2, 2 * [0], [1] * -1, 5 in l, l == l[:])
n = [3, 1, 2, 10, -5]
n.sort(); print(n); n.sort(reverse=True); print(n); n.sort(key=abs); print(n, sorted("banana"), sorted(["b", "A"], key=str.lower))
print([1, 2] < [1, 3], [1] < [1, 0], [] < [0], [1, "a"] < [2, 1], [[1]] == [[1]], [1, 2].__ge__([1, 2]))
stable = sorted([("b", 1), ("a", 1), ("c", 0)], key=lambda t: t[1])
print(stable, sorted(stable, key=lambda t: t[1], reverse=True))
l = []
l.append(l)
print(l, [l], l == l)
try:
    print(l == [l, 1], [l] == l)
except RecursionError as e:
    print("RecursionError")
for e in ("[].pop()", "[1].pop(5)", "[1].remove(2)", "[1].index(2)", "[1, 2, 1].index(1, 1)", "[1].index(1, 5)", "[1].insert('a', 1)", "[1] + (2,)", "[1] * 1.5", "[1].extend(5)", "[1, 'a'].sort()", "[1].sort(key=1)", "[1].sort(lambda x: x)", "list(5)", "[1].append()", "[1].append(1, 2)", "list(1, 2)", "[1][1.0]", "hash([])", "[1] < 1", "[None, 1].sort()", "[0] * 10**15", "[0] * 10**30", "[].__setitem__(0, 1)", "list.append(1, 2)", "[3].count()"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
m = [5, 4, 3]
def key(x):
    m.append(x) if len(m) < 2 else None
    return x
try:
    m.sort(key=key)
except ValueError as e:
    print(e, m)
class Cmp:
    def __init__(self, v): self.v = v
    def __lt__(self, o): return self.v > o.v
    def __repr__(self): return str(self.v)
print(sorted([Cmp(1), Cmp(3), Cmp(2)]), max([Cmp(1), Cmp(3)], key=lambda c: c.v), min([Cmp(1), Cmp(3)]))
class Boom:
    def __lt__(self, o): raise ValueError("no order")
    def __eq__(self, o): raise ValueError("no eq")
for f in (lambda: sorted([Boom(), Boom()]), lambda: [Boom()] == [Boom()], lambda: Boom() in [1], lambda: [Boom()].index(1), lambda: [Boom()].count(2)):
    try:
        print(f())
    except ValueError as e:
        print(e)
x = [1, 2, 3]
it = iter(x)
next(it)
x.append(4)
print(list(it), list(it), it.__length_hint__(), x.__sizeof__() > 40, list(reversed(x)))
x.clear(); x += "ab"; x[1:1] = range(3); x[::2] = "xyz"[:len(x[::2])]
print(x, [*x, *x], list(map(lambda i: i, x)))
x.extend(x); print(x); x[:] = x[2:4]; print(x); del x[:]; print(x, [[]] * 2, list(range(5))[::-2])
class L(list):
    def __getitem__(self, i): return "got"
    def append(self, v): super().append(v * 2)
y = L([1]); y.append(2)
print(y, y[0], list(y), y + [1], type(y + [1]), type(y[:]), type(y * 2), y == [1, 4])
