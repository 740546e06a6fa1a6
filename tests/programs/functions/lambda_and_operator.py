# lambda, operator, map and filter chains.
import operator as op
fs = [lambda: 1, lambda x: x, lambda x, y=2: (x, y), lambda *a: a, lambda **k: k, lambda x, /, y, *, z=3: (x, y, z), lambda: (yield)]
print(fs[0](), fs[1](5), fs[2](1), fs[3](1, 2), fs[4](a=1), fs[5](1, y=2), type(fs[6]()).__name__)
print((lambda x: x if x > 0 else -x)(-3), (lambda: (lambda: 5)())(), sorted([(1, "b"), (0, "a")], key=lambda t: t[1]), (lambda *, k=1: k)(), (lambda f: f(f))(lambda f: "self"))
Y = lambda f: (lambda x: f(lambda v: x(x)(v)))(lambda x: f(lambda v: x(x)(v)))
print(Y(lambda self: lambda n: 1 if n == 0 else n * self(n - 1))(10))
print(op.add(1, 2), op.attrgetter("real", "imag")(3), op.attrgetter("__class__.__name__")(1), op.itemgetter(1)("abc"), op.itemgetter(0, 2)("abc"), op.itemgetter(slice(1, None))("abc"), op.methodcaller("upper")("a"), op.methodcaller("split", ",", maxsplit=1)("a,b,c"))
print(op.concat([1], [2]), op.contains([1], 1), op.countOf([1, 1], 1), op.indexOf([5, 6], 6), op.getitem([1], 0), op.not_(0), op.truth([]), op.is_(None, None), op.is_not(1, None), op.is_none(None), op.is_not_none(None), op.neg(1), op.pos(1), op.inv(1), op.index(5), op.length_hint([1, 2]), op.call(max, 1, 2))
l = [1, 2, 3]
op.setitem(l, 0, 9); op.delitem(l, 1); op.iadd(l, [4])
print(l, op.iadd(1, 2), op.ixor(5, 1), op.imatmul if True else 0)
print(repr(op.attrgetter("a.b", "c")), repr(op.itemgetter(1, "x")), repr(op.methodcaller("m", 1, k=2)))
for e in ("op.attrgetter(1)", "op.attrgetter()", "op.itemgetter()", "op.methodcaller()", "op.attrgetter('zz')(1)", "op.itemgetter(5)([])", "op.index(1.5)", "op.length_hint(1, 'a')", "op.indexOf([], 1)", "op.concat(1, 2)", "op.countOf(1, 2)", "op.methodcaller(5)", "op.truth()", "op.add(1)", "op.itemgetter(1)()"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
print(list(map(lambda a, b=0: a + b, [1, 2])), list(map(op.mul, [1, 2], [3, 4])), list(filter(lambda p: p[0] < p[1], [(1, 2), (3, 1)])), list(map(None or str, [1])), dict(map(lambda k: (k, k * 2), "ab")), sum(map(len, ["a", "bb"])), list(map(lambda x: x, [], [])), any(map(lambda x: x > 1, [0, 2])), list(map(str.strip, [" a ", "b "])))
def gen():
    yield from map(lambda x: x * 2, filter(lambda x: x % 2, range(6)))
print(list(gen()), *map(print, "ab"), list(zip(*[(1, 2), (3, 4)])), list(map(lambda *a: a, "ab", "cd", "ef")), next(map(int, ["5"])))
try:
    list(map(lambda a, b: 0, [1], [2], strict=True)), list(map(lambda a, b: 0, [1], [2, 3], strict=True))
except ValueError as err:
    print(err)
m = map(int, ["1", "x", "3"])
print(next(m))
try:
    next(m)
except ValueError as err:
    print(err, next(m))
