# set and frozenset: algebra, methods, errors.
a, b = {1, 2, 3}, {2, 3, 4}
print(a | b, a & b, a - b, a ^ b, a <= b, {1, 2} < a, a >= {1}, a > a, a == {3, 2, 1}, a != b, a.isdisjoint({9}), a.issubset([1, 2, 3, 4]), a.issuperset(()), 1 in a, len(a))
print(a.union([5], (6,)), a.intersection([1, 2], {2}), a.difference([1], [2]), a.symmetric_difference([3, 9]), a.copy() is a, set("hello") == set("ehlo"))
s = set()
s.add(1); s.add(1.0); s.add(True); s.update([2, 3], "a"); s.discard(99); s.remove("a")
print(s, sorted(s), s.pop() in (1, 2, 3), len(s))
s = {1, 2, 3}; s |= {4}; s &= {1, 2, 4}; s -= {1}; s ^= {4, 5}
print(s); s.intersection_update([2, 5]); s.difference_update([5]); s.symmetric_difference_update([7]); print(s); s.clear(); print(s, bool(s), repr(frozenset()), frozenset([1]), {frozenset([1]): "f"}[frozenset([1])])
f = frozenset([1, 2])
print(f | {3}, {3} | f, type(f | {3}), type({3} | f), f == {1, 2}, hash(f) == hash(frozenset([2, 1])), f.copy() is f, frozenset(f) is f, {f} == {frozenset([2, 1])}, {1, 2} in {f}, {f} - {frozenset([1, 2])})
for e in ("{1}.remove(2)", "set().pop()", "{[]}", "{1} | [1]", "{1} + {2}", "set(1)", "set(1, 2)", "{1} < [1]", "{{1}}", "hash(set())", "frozenset([1]).add(2)", "{1}[0]", "set([[]])", "{1}.union(5)", "{1} & 'a'", "{1, 2} <= 5", "[] in {1}", "{1}.discard([])", "{1}.remove({5})", "frozenset() < 1", "{1}.add()", "set() == frozenset()", "{1}.update(1)", "{*(), *[1], *{2: 3}}", "set('abc') - set('b') == {'a', 'c'}"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
class S(set):
    def __repr__(self): return f"S{sorted(self)}"
x = S([1, 2])
print(x, x | {3}, type(x | {3}), type({3} | x), x.copy(), type(x.union([1])), x == {1, 2}, isinstance(x & x, S))
class FS(frozenset): pass
print(FS([1]), type(FS() | FS()), type(FS([1]).copy()), FS("a") == {"a"})
r = {i for i in range(100)}
for i in range(0, 100, 3): r.discard(i)
print(len(r), sum(r), min(r), max(r), sorted(r)[:5], r & set(range(5)), set(range(3)) == {0, 1, 2}, {1, 1.0, True, 1 + 0j}, {0, -0.0, False})
print(sorted({"b", "a"} | {"c"}), sorted(map(sorted, {frozenset("ab"), frozenset("cd")})), {(1, 2), (1, 2)}, {None, ..., None} == {None, ...}, len({float("nan"), float("nan")}))
it = iter({5})
print(next(it), next(it, "end"), it.__length_hint__(), type(it).__name__, {1}.__contains__(1), set.__doc__ is not None, {1, 2}.__and__([1]), {1}.__rsub__({1, 2}), {1}.__eq__(1))
