# Weak references, proxies, callbacks, weak collections, finalize.
import weakref, gc
class O:
    def __init__(self, n="o"): self.n = n
    def m(self): return "method " + self.n
    def __repr__(self): return f"O({self.n})"
o = O(); r = weakref.ref(o, lambda ref: print("callback", ref() is None))
print(r() is o, weakref.getweakrefcount(o), weakref.ref(o) is weakref.ref(o), r == weakref.ref(o), hash(r) == hash(o), r.__callback__ is not None, type(r).__name__)
del o; print(r(), r.__callback__)
o = O("p"); p = weakref.proxy(o); print(p.n, p.m(), p.__class__.__name__, type(p).__name__, bool(p), str(p)); p.x = 5; print(o.x); del o
try: p.n
except ReferenceError as e: print(e)
for bad in (5, "a", [], {}, None, (1,), object()):
    try: weakref.ref(bad); print("ok", type(bad).__name__)
    except TypeError as e: print(e)
for good in (O, len, {1}, (x for x in ()), lambda: 0, type("L", (list,), {})(), __import__("re").compile("a"), frozenset()): weakref.ref(good)
v = weakref.WeakValueDictionary(); k = weakref.WeakKeyDictionary(); s = weakref.WeakSet()
a, b = O("a"), O("b"); v["a"] = a; v["b"] = b; k[a] = 1; k[b] = 2; s.add(a); s.add(b)
print(sorted(v), len(k), len(s), v["a"], a in s, k[b], v.get("zz"), sorted(x.n for x in s)); del a
print(sorted(v), len(k), len(s), "a" in v, list(v.items()), list(k.values()))
try: v["a"]
except KeyError as e: print(e)
wm = weakref.WeakMethod(b.m); print(wm()(), weakref.ref(b.m)()); 
f = weakref.finalize(b, print, "finalised", "b", sep="-"); print(f.alive, f.peek()[1] is print); del b; print(f.alive, wm())
order = []
x = O("x"); rs = [weakref.ref(x, lambda r, i=i: order.append(i)) for i in range(3)]; del x; print(order)
class Sub(weakref.ref):
    __slots__ = ("tag",)
    def __init__(self, o, tag, cb=None): super().__init__(o, cb); self.tag = tag
    def __new__(cls, o, tag, cb=None): return super().__new__(cls, o, cb)
o = O("s"); sr = Sub(o, "t"); print(sr.tag, sr() is o, isinstance(sr, weakref.ref)); del o; print(sr())
class E:
    def __eq__(self, o): return True
    def __hash__(self): return 1
e1, e2 = E(), E(); r1, r2 = weakref.ref(e1), weakref.ref(e2); print(r1 == r2); hash(r1); del e1; print(r1 == r2, hash(r1))
try: del e2; hash(r2)
except TypeError as e: print(e)
class WithSlots: __slots__ = ("__weakref__",)
w = WithSlots(); print(weakref.ref(w)() is w, weakref.getweakrefs(w)[:0])
c1, c2 = O("c1"), O("c2"); c1.o, c2.o = c2, c1; cr = weakref.ref(c1, lambda r: print("cycle callback")); del c1, c2; gc.collect(); print(cr())
def cb(r): raise ValueError("in callback")
import sys; sys.unraisablehook = lambda u: print("unraisable", u.exc_value)
o = O(); r = weakref.ref(o, cb); del o
fin = weakref.finalize(O, lambda: None); print(fin.atexit, fin.detach() is not None)
z = O("exit"); weakref.finalize(z, print, "at exit"); print("end")
