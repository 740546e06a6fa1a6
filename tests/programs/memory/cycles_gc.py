# The cyclic collector: cycles of every kind, callbacks, generations, freeze.
import gc, weakref, sys
gc.disable(); print(gc.isenabled(), gc.get_count()[1:] != None, gc.get_threshold())
gc.collect()
class N:
    def __init__(self, n): self.n = n
    def __del__(self): print("finalised", self.n)
def cycle(kind):
    n = N(kind)
    if kind == "self": n.me = n
    elif kind == "list": n.l = [n]
    elif kind == "dict": n.d = {"k": [n]}
    elif kind == "tuple": n.t = (n, 1)
    elif kind == "closure": n.f = lambda: n
    elif kind == "method": n.m = n.__init__
    elif kind == "generator": n.h = gen(n); next(n.h)
    elif kind == "set": n.s = {n}
    elif kind == "frame":
        try: raise ValueError
        except ValueError as e: n.e = e; n.tb = e.__traceback__
    elif kind == "class":
        class C: ref = n
        n.c = C
    elif kind == "partial": import functools; n.p = functools.partial(print, n)
    elif kind == "iter": n.i = iter([n])
    elif kind == "property": n.p = property(lambda s: n)
    elif kind == "deque": import collections; n.q = collections.deque([n])
    elif kind == "weakdict": n.w = weakref.WeakKeyDictionary(); n.w[n] = n
    elif kind == "map": n.m = map(print, [n])
    elif kind == "slots": n.sl = slice(n)
    elif kind == "bound builtin": n.b = [n].append
    elif kind == "super": n.su = super(N, n)
    elif kind == "coroutine":
        async def co(): await n
        n.co = co()
    return weakref.ref(n)
def gen(x): yield x
import warnings; warnings.simplefilter("ignore")
for kind in ("self", "list", "dict", "tuple", "closure", "method", "generator", "set", "frame", "class", "partial", "iter", "property", "deque", "map", "slots", "bound builtin", "super", "coroutine"):
    r = cycle(kind)
    alive = r() is not None
    gc.collect()
    print(kind, alive, r() is None)
log = []
gc.callbacks.append(lambda phase, info: log.append((phase, info["generation"])))
gc.collect(0); gc.collect(1); gc.collect(2); gc.callbacks.clear(); print(log)
print([sorted(s) for s in gc.get_stats()][0], gc.garbage, gc.is_tracked([]), gc.is_tracked(1), gc.is_tracked("a"), gc.is_tracked({}), gc.is_tracked(N), gc.is_finalized(5))
x = [1]; y = {"x": x}
print(any(r is y for r in gc.get_referrers(x)), [r for r in gc.get_referents(x)], x in gc.get_objects(), gc.get_freeze_count(), gc.freeze(), gc.get_freeze_count() > 0, gc.unfreeze(), gc.get_freeze_count())
gc.set_debug(gc.DEBUG_SAVEALL); l = []; l.append(l); del l; gc.collect(); print(len(gc.garbage) >= 1, gc.get_debug() == gc.DEBUG_SAVEALL); gc.set_debug(0); gc.garbage.clear()
for e in ("gc.collect(5)", "gc.collect(-1)", "gc.set_threshold('a')", "gc.collect('x')"):
    try: eval(e)
    except (ValueError, TypeError) as err: print(e, type(err).__name__, err)
gc.set_threshold(500, 5, 5); print(gc.get_threshold()); gc.enable()
refs = []
for i in range(3000):
    a = []; a.append(a)
    class Q: pass
    q = Q(); q.self = q; refs.append(weakref.ref(q)); del q
print(sum(r() is None for r in refs) > 2000)
class Res:
    saved = None
    def __del__(self): Res.saved = self
r = Res(); r.me = r; del r; gc.collect(); print(Res.saved.me is Res.saved); Res.saved = None; gc.collect()
a, b = N("pair a"), N("pair b"); a.o, b.o = b, a; del a, b; gc.collect()
