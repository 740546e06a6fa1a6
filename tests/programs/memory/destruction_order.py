# Memory: finalizers, weak references, cycles, resurrection, order of destruction.
import gc, weakref, sys, types
gc.disable()
log = []
class N:
    def __init__(s, n): s.n = n
    def __del__(s): log.append(s.n)
    def __repr__(s): return f"N({s.n})"
def flush(l=""): print(l, log); log.clear()
a = N("a"); b = a; del a; flush("alive"); del b; flush("dead")
def f(): x = N("x"); y = N("y"); z = [N("z1"), N("z2")]; return "r"
print(f()); flush("locals")
l = [N(1), N(2), N(3)]; l[1] = 0; flush("item"); del l[0]; flush("del item"); l.clear(); flush("clear"); d = {"k": N("dv"), N("dk"): 1}; d.pop("k"); flush("pop"); d.clear(); flush("dclear"); s = {N("s")}; s.clear(); flush("set"); t = (N("t1"), N("t2")); del t; flush("tuple"); x = N("old"); x = N("new"); flush("rebind"); del x; flush()
for i in (N("i1"), N("i2")): pass
flush("loop"); del i; flush("loop var"); [N(k) for k in range(3)] and None; flush("comp temp"); N("tmp").n; flush("temp"); print(N("arg").n); flush("arg")
def g():
    try: yield N("gy")
    finally: log.append("gen fin")
it = g(); v = next(it); del it; flush("gen"); del v; flush()
try: raise ValueError(N("exc"))
except ValueError as e: pass
flush("except"); 
def tb():
    loc = N("in tb"); raise KeyError
try: tb()
except KeyError as e: saved = e
flush("saved"); saved = saved.with_traceback(None); flush("no tb"); del saved
c = N("cyc"); c.me = c; del c; flush("cycle"); print(gc.collect() > 0); flush("collected")
class R(N):
    def __del__(s): super().__del__(); R.saved = s
r = R("res"); del r; flush("resurrected"); print(R.saved); del R.saved; flush("second time no del")
class P: pass
p = P(); w = weakref.ref(p, lambda r: log.append("cb1")); w2 = weakref.ref(p, lambda r: log.append("cb2")); w3 = weakref.ref(p); print(w3 is weakref.ref(p), w == w2, weakref.getweakrefcount(p), hash(w) == hash(p), w() is p); del p; flush("callbacks"); print(w(), w, w == w2)
pr = weakref.proxy(o := P()); o.x = 5; print(pr.x, type(pr).__name__, pr == o, repr(pr)[:10]); del o
try: pr.x
except ReferenceError as e: print(e)
for bad in (5, "s", None, (), [], {}, object()):
    try: weakref.ref(bad); print("ok", type(bad).__name__)
    except TypeError as e: print(e)
wd = weakref.WeakValueDictionary(); k = P(); wd["a"] = k; wk = weakref.WeakKeyDictionary(); wk[k] = 1; ws = weakref.WeakSet([k]); print(len(wd), len(wk), len(ws), k in ws, "a" in wd, list(wd.items())[0][0], wd, ws if 0 else ""); del k; print(len(wd), len(wk), len(ws), wd.get("a"))
class M:
    def meth(self): return "m"
m = M(); wm = weakref.WeakMethod(m.meth); print(wm()(), weakref.ref(m.meth)()); del m; print(wm()); fin = weakref.finalize(q := P(), log.append, "final"); print(fin.alive, fin.peek()[2], fin.detach() is not None, fin.alive); fin = weakref.finalize(q, log.append, "final2"); del q; flush("finalize"); print(fin(), fin.alive)
class Slot: __slots__ = ("a", "__weakref__")
s = Slot(); s.a = N("slot"); ww = weakref.ref(s); del s; flush("slots"); print(ww())
class BadDel:
    def __del__(s): 1 / 0
sys.unraisablehook = lambda a: print("unraisable", a.exc_type.__name__, a.err_msg, type(a.object).__name__)
BadDel(); b = P(); bw = weakref.ref(b, lambda r: [][0]); del b
class Order:
    def __init__(s): s.a = N("attr a"); s.b = N("attr b")
    def __del__(s): log.append("owner")
Order(); flush("owner first")
def clo():
    n = N("closed over")
    def inner(): return n
    return inner
i = clo(); flush(); del i; flush("closure"); m = types.ModuleType("mod"); m.x = N("mod attr"); del m; flush("module"); cls = type("T", (), {"a": N("class attr")}); del cls; flush("class alive"); gc.collect(); flush("class collected")
a, b = N("p"), N("q"); a.o, b.o = b, a; wa = weakref.ref(a, lambda r: log.append("cb in cycle")); del a, b; gc.collect(); log.sort(); flush("pair"); print(wa())
print(gc.isenabled(), gc.get_count()[1:] , gc.get_threshold(), gc.garbage, gc.is_tracked(()), gc.is_tracked([1]), gc.is_tracked({"a": 1}), gc.is_tracked({"a": []}), sys.getrefcount(object()), sys.getrefcount(z := []))
x = []; y = [x]; print(sys.getrefcount(x), [r is y for r in gc.get_referrers(x) if isinstance(r, list)], gc.get_referents(y)[0] is x)
def frames():
    v = N("frame local"); fr = sys._getframe(); return fr
fr = frames(); flush("frame kept"); print(fr.f_locals["v"]); fr.clear(); flush("frame cleared"); del fr; print(gc.collect() >= 0); flush()
def gen_cycle():
    me = yield
    n = N("gen cyc")
    yield me
gg = gen_cycle(); next(gg); gg.send(gg); del gg; flush("gc"); gc.collect(); flush("gen cycle")
h = {}; h["self"] = h; h["n"] = N("dict cycle"); del h; gc.collect(); flush(); ls = []; ls.append(ls); ls.append(N("list cycle")); del ls; gc.collect(); flush()
import copy; z1 = N("orig"); z2 = copy.copy(z1); del z1, z2; flush("copies"); n1 = N("in default")
def dflt(a=n1): pass
del n1; flush(); del dflt; flush("default"); st = [N("deep")]
for _ in range(100000): st = [st]
del st; flush("deep freed"); print(sys.getsizeof([]), sys.getsizeof(()), sys.getsizeof(""), sys.getsizeof(b""), sys.getsizeof(1), sys.getsizeof(2**60), sys.getsizeof(1.5), sys.getsizeof("a" * 10), sys.getsizeof("€"), sys.getsizeof((1, 2)), sys.getsizeof([1, 2]), sys.getsizeof(None), sys.getsizeof(1j), sys.getsizeof(True), sys.getsizeof(object()), sys.getsizeof(slice(1)), sys.getsizeof(bytearray()))
last = N("at exit"); print("end")
