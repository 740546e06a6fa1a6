# What a finaliser and a callback see of themselves, by whom they are called.
import gc
import weakref


class Kept:
    def __del__(self):
        print("finaliser", self.name, gc.is_finalized(self))
        kept.append(self)


kept = []
k = Kept()
k.name = "counted"
del k
print(gc.is_finalized(kept[0]))
kept.clear()
k = Kept()
k.name = "collected"
k.me = k
del k
gc.collect()
print(gc.is_finalized(kept[0]))
kept[0].me = None
kept.clear()


class Few:
    __slots__ = ("a",)

    def __del__(self):
        print("finaliser of slots", gc.is_finalized(self))


Few()


class Numbers(list):
    def __del__(self):
        print("finaliser of a list", gc.is_finalized(self), len(self))


Numbers([1, 2])


class Pair:
    def __del__(self):
        print("one of a pair", [gc.is_finalized(p) for p in self.others])


a, b = Pair(), Pair()
a.others = b.others = [a, b]
del a, b
gc.collect()


class Deep:
    def __del__(self):
        gc.collect()
        print("a collection inside", gc.is_finalized(self), gc.is_finalized(self.ring))


class Ring:
    def __del__(self):
        print("ring", gc.is_finalized(self))


d = Deep()
d.ring = Ring()
d.ring.me = d.ring
del d
gc.collect()


class Node:
    pass


def callback(w):
    print("callback", w() is None, w.__callback__ is None, w.__callback__ is callback)


n = Node()
w = weakref.ref(n, callback)
del n
print(w.__callback__)
n = Node()
n.me = n
w = weakref.ref(n, callback)
del n
gc.collect()
print(w.__callback__ is callback)


def both(w):
    print("both", first.__callback__ is both, second.__callback__ is both)


n = Node()
first, second = weakref.ref(n, both), weakref.ref(n, both)
del n
n = Node()
n.me = n
first, second = weakref.ref(n, both), weakref.ref(n, both)
del n
gc.collect()
print(first.__callback__ is both, second() is None)


class Own(weakref.ref):
    pass


n = Node()
n.me = n
o = Own(n, lambda w: print("own", type(w).__name__, w.__callback__ is None))
p = weakref.proxy(n, lambda p: print("proxy", type(p).__name__))
del n
gc.collect()
print(o.__callback__ is None)
