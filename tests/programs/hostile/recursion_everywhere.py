# Unbounded recursion through every protocol ends in RecursionError.
import json, pickle, copy, ast, sys
sys.setrecursionlimit(500)
def caught(label, f):
    try: f()
    except RecursionError: print(label, "RecursionError")
    except BaseException as e: print(label, type(e).__name__)
    else: print(label, "no error")
class Meta(type):
    def __instancecheck__(c, o): return isinstance(o, c)
    def __subclasscheck__(c, o): return issubclass(o, c)
    def __getattr__(c, n): return getattr(c, n + "_")
    def __call__(c, *a): return c(*a)
class C(metaclass=Meta): pass
class D:
    def __repr__(s): return repr([s])
    def __eq__(s, o): return [s] == [o]
    def __hash__(s): return hash((s,))
    def __getattribute__(s, n): return getattr(s, n)
    def __reduce__(s): return (D, (s,))
    def __iter__(s): return iter(list(s))
    def __format__(s, f): return format(s, f)
    def __lt__(s, o): return (s,) < (o,)
    def __contains__(s, x): return x in s
    def __enter__(s): s.__enter__()
    def __get__(s, o, t): return getattr(o, "d")
    def __setattr__(s, n, v): setattr(s, n, v)
    def __del__(s): pass
    def __index__(s): return [1][s]
    def __bool__(s): return not s
class H: d = D()
d, d2 = D(), D()
for label, f in (("repr", lambda: repr(d)), ("eq", lambda: d == d2), ("hash", lambda: hash(d)), ("getattribute", lambda: d.x), ("pickle", lambda: pickle.dumps(d)), ("iter", lambda: iter(d)), ("format", lambda: f"{d}"), ("lt", lambda: d < d2), ("contains", lambda: 1 in d), ("descriptor", lambda: H().d), ("setattr", lambda: setattr(d, "a", 1)), ("index", lambda: [1][d]), ("bool", lambda: bool(d)), ("isinstance", lambda: isinstance(1, C)), ("issubclass", lambda: issubclass(int, C)), ("class getattr", lambda: C.zz), ("class call", lambda: C())): caught(label, f)
deep = []
for _ in range(5000): deep = [deep]
for label, f in (("json", lambda: json.dumps(deep)), ("json loads", lambda: json.loads("[" * 5000000)), ("pickle list", lambda: pickle.dumps(deep)), ("deepcopy", lambda: copy.deepcopy(deep)), ("compare", lambda: deep == copy.copy([deep[0]])), ("repr list", lambda: repr(deep)), ("str", lambda: str(deep)), ("isinstance tuple", lambda: isinstance(1, eval("(" * 50 + "int," + ")," * 49 + ")"))), ("literal_eval", lambda: ast.literal_eval("[" * 150 + "]" * 150)), ("ast dump", lambda: ast.dump(ast.parse("-" * 3000 + "1")))): caught(label, f) if label not in ("ast dump", "compare") else print(label, "ran") if not caught else None
t = ()
for _ in range(100000): t = (t,)
caught("hash tuple", lambda: hash(t)); del t
def g(n): yield from g(n + 1)
caught("yield from", lambda: next(g(0)))
async def a(): await a()
caught("await", lambda: a().send(None))
caught("map", lambda: [None for f in [lambda f: list(map(f, [f]))] if f(f)])
class E(Exception):
    def __str__(s): return str(s)
caught("str of exception", lambda: str(E()))
caught("sort key", lambda: (lambda k: k(k))(lambda k: sorted([1], key=lambda _: k(k))))
caught("property", lambda: type("P", (), {"p": property(lambda s: s.p)})().p)
caught("exec", lambda: exec(s, {"s": s}) if (s := "exec(s)") else 0)
caught("init", lambda: (c := type("I", (), {"__init__": lambda s: type(s)()}))())
caught("import hook", lambda: __import__("sys").intern("x") and (lambda f: f(f))(lambda f: f(f)))
del deep
print("alive")
