# sortedcontainers against plain sorted lists.
from sortedcontainers import SortedList, SortedDict, SortedSet, SortedKeyList
import random
rng = random.Random(5)
sl, ref = SortedList(), []
for i in range(5000):
    v = rng.randrange(1000)
    if rng.random() < 0.7 or not ref: sl.add(v); ref.append(v); 
    else:
        ref.sort(); k = rng.randrange(len(ref)); assert sl.pop(k) == ref.pop(k)
ref.sort(); print(list(sl) == ref, len(sl), sl[10], sl[-1], sl.bisect(500) == sum(x <= 500 for x in ref), sl.count(ref[5]), sl.index(ref[7]) <= 7, list(sl.irange(100, 105)) == [x for x in ref if 100 <= x <= 105], list(sl.islice(2, 5)) == ref[2:5], ref[3] in sl); sl._check()
print(SortedList([3, 1, 2]), SortedList("hello") + SortedList("a"), SortedKeyList([1, -3, 2], key=abs), SortedList([1, 2]) < SortedList([1, 3]), SortedList([2, 1]) * 2); d = SortedDict({"b": 1, "a": 2}); d["c"] = 0; print(d, d.peekitem(0), d.popitem(), d.keys()[0], d.bisect("b"), list(d.irange("a", "b")), d.setdefault("z", 9), list(d.items()), d.copy() == d); s = SortedSet([3, 1, 2, 3]); print(s, s[0], s | {9}, s & [1], s - {1}, s ^ {3, 4}, s.pop(), s.isdisjoint([7]), s < SortedSet([1, 2, 3]), repr(SortedSet(key=abs)))
for f in (lambda: SortedList([1])[5], lambda: SortedList([1]).remove(2), lambda: SortedList([1]).append(1), lambda: SortedList([1]).__setitem__(0, 1), lambda: SortedList([1, "a"]), lambda: d["nope"], lambda: SortedList().pop(), lambda: SortedList([1]).index(9)):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
