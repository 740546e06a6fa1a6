# dict: order, methods, views, merging, errors.
d = {"b": 1, "a": 2}
d["c"] = 3
d["b"] = 10
print(d, list(d), d.keys(), d.values(), d.items(), len(d), "a" in d, d.get("zz"), d.get("zz", 5), d.setdefault("a", 9), d.setdefault("n"), d)
print(d.pop("n"), d.pop("zz", "default"), d.popitem(), d)
d.update({"x": 1}, y=2); d.update([("z", 3)]); d.update()
print(d, dict.fromkeys("ab"), dict.fromkeys([1], []), d | {"a": 0, "q": 1}, {"q": 1} | d, d.copy() == d, dict(d, k=1), {**d, "b": 0})
d |= [("w", 5)]
print(d, list(reversed(d)), list(reversed(d.items()))[:1], {1: "int", 1.0: "float", True: "bool"}, {0: 1, False: 2, 0.0: 3, 0j: 4})
k = d.keys()
d["late"] = 1
print(len(k), k & {"late", "no"}, sorted(k | {"zz"})[-1], k - {"late"} == set(k) - {"late"}, k ^ {"late"} == set(k) ^ {"late"}, k.isdisjoint(["no"]), k == set(d), k >= {"late"}, ("late", 1) in d.items(), 1 in d.values(), d.items() & {("late", 1)}, k.mapping["late"])
print({1: 2} == {1: 2.0}, {1: 2, 3: 4} == {3: 4, 1: 2}, {} == [], {"a": 1}.items() == {("a", 1)}, {1: 2}.values() == {1: 2}.values(), {1: 2}.keys() == {1: 5}.keys())
for e in ("d['nope']", "{}[None]", "{[]: 1}", "{}.pop('x')", "{}.popitem()", "dict(1)", "dict([1, 2])", "dict([(1, 2, 3)])", "dict(a=1, **{'a': 2})", "{} < {}", "{} + {}", "{} | 1", "{}.update(5)", "dict.fromkeys(5)", "hash({})", "{}.get()", "{}.fromkeys()", "d.keys()[0]", "{}.setdefault([], 1)", "[] in {}", "d.__getitem__('q' * 3)", "dict({}, {})", "{1: 2}.items() < 5", "del_()", "{(1, [2]): 3}", "{} | [1]", "dict('ab')", "{slice(1): 2}[slice(1)]"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
class K:
    def __init__(self, h, eq): self.h, self.eq = h, eq
    def __hash__(self): return self.h
    def __eq__(self, o): return self.eq
    def __repr__(self): return f"K{self.h}"
x = {K(1, True): "a"}
x[K(1, True)] = "b"; x[K(1, False)] = "c"; x[K(2, True)] = "d"
print(len(x), list(x.values()))
class BadHash:
    def __hash__(self): return "x"
class NoHash: __hash__ = None
class EqOnly:
    def __eq__(self, o): return True
for o in (BadHash(), NoHash(), EqOnly()):
    try:
        {o: 1}
    except TypeError as e:
        print(e)
class M(dict):
    def __missing__(self, key): return f"missing {key}"
m = M(a=1)
print(m["a"], m["b"], m.get("b"), "b" in m, m, type(m | {}), type(m.copy()))
r = {}
r["self"] = r
print(r, {1: {2: {3: {}}}}, {None: None, (): [], "": ""})
big = {i: i * i for i in range(1000)}
for i in range(0, 1000, 2): del big[i]
big[0] = "again"
print(len(big), list(big)[:3], list(big)[-1], sum(v for v in big.values() if v != "again"))
it = iter(big)
print(next(it), it.__length_hint__(), type(it).__name__, type(d.items()).__name__, type(iter(d.values())).__name__, type(reversed(d)).__name__)
big.clear(); print(big, bool(big))
print({"a": 1}.__contains__("a"), {}.__sizeof__() > 0, dict(zip("ab", [1, 2])), dict(enumerate("ab")), {v: k for k, v in {"x": 1}.items()}, {"%s" % i: i for i in range(3)}, sorted({"b": 1, "a": 2}.items()), max({"a": 1, "b": 5}, key={"a": 1, "b": 5}.get))
