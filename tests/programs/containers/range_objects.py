# range as a sequence.
r = range(0, 20, 3)
print(r, len(r), r[2], r[-1], r[1:4], r[::-1], 9 in r, 10 in r, 9.0 in r, "a" in r, r.index(9), r.count(9), list(r), r.start, r.stop, r.step, list(reversed(r)), r == range(0, 21, 3), hash(r) == hash(range(0, 21, 3)))
print(range(3), range(1, 3), range(0), bool(range(0)), range(5, 0), list(range(5, 0, -2)), range(0) == range(5, 5), range(0) == range(2, 1, 3), range(1, 2) == range(1, 3, 2), sum(range(101)), max(range(5)), min(range(5, 0, -1)), tuple(range(2)), [*range(2)])
big = range(10**30, 10**30 + 10**25, 10**24)
print(big[3], big[-1], len(big), 10**30 in big, list(big)[1], big[2:5], big.index(10**30 + 10**24), big.count(5))
huge = range(-10**40, 10**40)
print(huge[10**39], huge.start, 5 in huge, huge[::10**39], huge == range(-10**40, 10**40))
for e in ("range()", "range(1.5)", "range('a')", "range(1, 2, 0)", "r[10]", "r['a']", "r.index(1)", "len(range(10**30))", "r.x", "range(3) + range(3)", "range(3) < range(4)", "range(1, 2, 3, 4)", "hash(range(3)) == hash(range(0, 3))", "setattr(r, 'start', 1)", "range(3)[1.0]", "range(stop=3)", "range(10**20)[10**25]", "iter(range(3)).__reduce__()", "range(None)", "type('R', (range,), {})"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
class I:
    def __index__(self): return 4
print(list(range(I())), range(I(), I()), 4 in range(5), I() in range(5))
class E(int):
    def __eq__(self, o): return False
    __hash__ = int.__hash__
print(E(3) in range(5), range(5).index(True), range(5).count(2.0), True in range(2), 1 + 0j in range(3))
it = iter(range(3))
print(next(it), it.__length_hint__(), list(it), next(it, None), type(it).__name__, type(iter(range(10**30))).__name__, isinstance(r, __import__("collections").abc.Sequence), __import__("pickle").loads(__import__("pickle").dumps(r)), __import__("copy").copy(r) is r)
print([(i, j) for i in range(2) for j in range(i, 3)], list(zip(range(3), range(0, 6, 2))), *range(-3, 0), range(10)[2:8:2][1], range(10)[-3:], range(10)[7:2:-1], list(range(10)[::3]))
