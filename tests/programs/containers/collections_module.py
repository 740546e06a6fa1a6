# Counter, defaultdict, deque, OrderedDict, ChainMap, User*.
from collections import *
c = Counter("mississippi")
print(c, c.most_common(2), c["z"], c.total(), sorted(c.elements()), c + Counter("ms"), c - Counter("sss"), c & Counter("ssp"), c | Counter("zz"), +Counter(a=-1, b=2), -Counter(a=-1), Counter(a=1) == Counter(a=1, b=0), Counter(a=1) <= Counter(a=2))
c.update("mm"); c.subtract({"i": 10}); del c["zz"]
print(c, Counter(a=3, b=1), Counter([1, 1.0, True]), Counter(), c.pop("s"), dict(c))
d = defaultdict(list)
d["a"].append(1); d["b"]
print(d, d.default_factory, d.get("c"), "c" in d, defaultdict(int, x=1)["y"], d | {"z": 1}, d.copy())
try:
    defaultdict()["x"]
except KeyError as e:
    print(repr(e))
try:
    defaultdict(5)
except TypeError as e:
    print(e)
q = deque([1, 2, 3], maxlen=4)
q.append(4); q.append(5); q.appendleft(0)
print(q, q.maxlen, q[0], q[-1], len(q), q.popleft(), q.pop(), q.count(2), q.index(3))
q.extend("ab"); q.extendleft("xy"); q.rotate(1); print(q); q.rotate(-2); print(q, list(reversed(q)), "a" in q, q.copy(), deque("ab") + deque("c"), deque("ab") * 2, deque([1]) < deque([2])); q.remove("x") if "x" in q else None
q.insert(1, "i") if len(q) < 4 else None; q.reverse(); q[0] = "first"; print(q, deque([[1]])); q.clear()
for e in ("deque().pop()", "deque([1])[5]", "deque([1], -1)", "deque(5)", "deque([1]).remove(2)", "deque([1, 2], 2).insert(0, 5)", "deque([1]).index(3)", "deque([1]) + [1]", "deque(maxlen='a')", "hash(deque())"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
m = deque([1, 2])
try:
    for _ in m: m.append(1)
except RuntimeError as e:
    print(e)
o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
o.move_to_end("a"); print(o, list(o), o.popitem(last=False), o == {"c": 3, "a": 1}, OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1)); o.move_to_end("a", last=False); print(o, list(reversed(o)), o | {"z": 0})
try:
    o.move_to_end("nope")
except KeyError as e:
    print(repr(e))
cm = ChainMap({"a": 1}, {"a": 2, "b": 3})
cm["c"] = 9
print(cm, cm["a"], cm["b"], cm.maps, cm.new_child({"a": 0})["a"], cm.parents, dict(cm), len(cm), list(cm))
try:
    del cm["b"]
except KeyError as e:
    print(e)
class MyD(UserDict):
    def __setitem__(self, k, v): super().__setitem__(k.lower(), v)
class MyL(UserList): pass
class MyS(UserString): pass
u = MyD(A=1); u.update(B=2)
print(u, u.data, MyL([1]) + [2], type(MyL([1])[:]), MyS("a").upper(), type(MyS("a") + "b"))
import collections.abc as abc
print([n for n in ("Iterable", "Sized", "Sequence", "Mapping", "Hashable", "Callable", "MutableSequence", "Set", "Reversible", "Collection", "Generator", "Buffer") if isinstance([], getattr(abc, n))])
class Seq(abc.Sequence):
    def __getitem__(self, i): return [10, 20, 30][i]
    def __len__(self): return 3
print(list(Seq()), 20 in Seq(), Seq().index(30), Seq().count(10), list(reversed(Seq())))
class Low(abc.MutableMapping):
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k]
    def __setitem__(self, k, v): self.d[k] = v
    def __delitem__(self, k): del self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
w = Low(); w.update(a=1, b=2)
print(w.pop("a"), w.setdefault("c", 5), dict(w), w == {"b": 2, "c": 5}, list(w.items()), list(w.keys()))
try:
    abc.Sequence()
except TypeError as e:
    print(e)
