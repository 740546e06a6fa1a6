# pickle: protocols, hooks, errors, safe unpicklers.
import pickle, io, copyreg, collections, enum, datetime, fractions
class P:
    def __init__(self, a): self.a = a
    def __eq__(self, o): return self.a == o.a
    def __repr__(self): return f"P({self.a!r})"
class State(P):
    def __getstate__(self): return {"saved": self.a}
    def __setstate__(self, s): self.a = ("restored", s["saved"])
class Red(P):
    def __reduce__(self): return (Red, (self.a + 1,), {"extra": 1}, iter([]), iter([]))
class NewArgs(tuple):
    def __new__(cls, x, *, y): o = super().__new__(cls, (x,)); o.y = y; return o
    def __getnewargs_ex__(self): return (self[0],), {"y": self.y}
class Slots:
    __slots__ = ("a", "b")
class Col(enum.Enum): R = 1
class L(list): pass
NT = collections.namedtuple("NT", "x y")
s = Slots(); s.a = [1]
l = L([1]); l.tag = "t"
values = [None, True, 0, -1, 255, 65536, -2**31, 2**31, 10**30, -10**30, 1.5, float("inf"), 1j, "", "aé😀", "x" * 300, b"", b"\xff" * 300, bytearray(b"ab"), (), (1,), (1, 2, 3, 4), [], [1, [2]], {}, {"a": {"b": 1}}, {1}, frozenset([2]), P([1]), State(5), Red(1), NewArgs(1, y=2), l, Col.R, NT(1, 2), range(1, 5, 2), slice(1, 2), len, P, collections.OrderedDict(a=1), collections.Counter("aab"), collections.deque([1], 3), collections.defaultdict(list, a=[1]), datetime.date(2024, 1, 2), datetime.timedelta(1), fractions.Fraction(1, 3), ValueError("v", 1), ..., NotImplemented, type(None), int, complex, str.upper, iter([1, 2, 3]), reversed([1, 2])]
for v in values:
    sizes = []
    for proto in range(6):
        try:
            raw = pickle.dumps(v, proto); back = pickle.loads(raw)
            sizes.append(len(raw))
        except Exception as e: sizes.append(f"{type(e).__name__}")
    print(repr(back)[:40] if not hasattr(back, "__next__") else list(back), type(back).__name__, sizes)
b = pickle.loads(pickle.dumps(s)); print(b.a, hasattr(b, "b"), pickle.loads(pickle.dumps(l)).tag, pickle.loads(pickle.dumps(Red(1))).extra)
x = [1]; d = pickle.loads(pickle.dumps([x, x, {"x": x}])); print(d[0] is d[1] is d[2]["x"])
x.append(x); y = pickle.loads(pickle.dumps(x)); print(y[1] is y)
for bad in (lambda: 0, (i for i in ()), open, type("Loc", (), {}), type("Loc", (), {})(), __import__("threading").Lock(), __import__("sys")):
    try: pickle.dumps(bad); print("ok")
    except Exception as e: print(type(e).__name__, str(e).split(" at 0x")[0])
for raw in (b"", b"garbage", b"\x80\x09.", b"cos\nsystem\n", b"\x80\x04K", b"I1", b".", b"0.", b"cnope\nX\n.", b"\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\xff", b"(lp0\n.", b"Vabc\n.", b"S'q'\n.", b"]\x94(K\x01K\x02e.", b"F1.5\n.", b"I01\n.", b"ccollections\nOrderedDict\n)R.", b"h\x05."):
    try: print(raw, pickle.loads(raw))
    except Exception as e: print(raw, type(e).__name__, e)
class Safe(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("builtins", "range"): return range
        raise pickle.UnpicklingError(f"{module}.{name} is forbidden")
print(Safe(io.BytesIO(pickle.dumps(range(3)))).load())
try: Safe(io.BytesIO(pickle.dumps(P(1)))).load()
except pickle.UnpicklingError as e: print(e)
class Pers(pickle.Pickler):
    def persistent_id(self, o): return ("P", o.a) if isinstance(o, P) else None
class UnPers(pickle.Unpickler):
    def persistent_load(self, pid): return f"loaded {pid}"
buf = io.BytesIO(); Pers(buf).dump([P(1), 2]); buf.seek(0); print(UnPers(buf).load())
copyreg.pickle(P, lambda p: (P, ("copyreg " + str(p.a),))); print(pickle.loads(pickle.dumps(P(1))))
class RO(pickle.Pickler):
    def reducer_override(self, o): return (str, ("overridden",)) if isinstance(o, Slots) else NotImplemented
buf = io.BytesIO(); RO(buf).dump([s]); print(pickle.loads(buf.getvalue()))
bufs = []; raw = pickle.dumps(pickle.PickleBuffer(b"out of band"), 5, buffer_callback=bufs.append); print(len(bufs), bytes(pickle.loads(raw, buffers=bufs)))
f = io.BytesIO(); p = pickle.Pickler(f, 4); p.dump("a"); p.dump("b"); p.clear_memo(); f.seek(0); u = pickle.Unpickler(f); print(u.load(), u.load(), pickle.HIGHEST_PROTOCOL, pickle.DEFAULT_PROTOCOL)
import pickletools; pickletools.dis(pickle.dumps([1, ("a", {"k": 2.5})], 4)); print(len(pickletools.optimize(pickle.dumps(["a"] * 3))))
