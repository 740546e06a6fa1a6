# Language: scopes, class bodies, comprehensions, closures, locals(), exec, match, f-strings and t-strings, type parameters.
import sys, dis, types, string
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
x = "global"
class A:
    x = "class"
    y = [x for _ in range(1)]
    z = (lambda: x)()
    def m(self): return x
    w = [i for i in [x]]
    class In: v = x
    @staticmethod
    def s(): return __class__
    dyn = 5
    locals()["dynamic"] = 6
print(A.dynamic, A.y, A.z, A().m(), A.w, A.In.v, A.s(), A.dyn)
def outer():
    x = "outer"
    class B:
        print(x)
        x = "B"
        print(x)
        def g(self): nonlocal x; x = "changed"; return x
    class C:
        global x
        x = "set global by class"
    class D: nonlocal_ = [x for _ in "a"]; del_ = 1; del del_
    b = B(); b.g(); return x, B.x, D.nonlocal_, hasattr(D, "del_")
print(outer(), x)
def counter():
    n = 0
    def inc(): nonlocal n; n += 1; return n
    def get(): return n
    return inc, get
i, g = counter(); i(); i(); print(g(), i.__closure__[0].cell_contents, i.__code__.co_freevars, counter.__code__.co_cellvars)
print([f() for f in [lambda: i for i in range(3)]], [f() for f in [lambda i=i: i for i in range(3)]], [y := 1, y**2], [(last := n) for n in range(3)], last, {k: v for k, v in zip("ab", (1, 2))}, [(i, j) for i in range(2) for j in range(i + 1) if j])
def late(): return undefined_here
show(late)
def unb():
    print(loc); loc = 1
show(unb)
def fr():
    def inner(): return fv
    if 0: fv = 1
    return inner()
show(fr)
def de(): q = 1; del q; return q
show(de); show(lambda: exec("del nope")); show(lambda: exec("global gg; del gg"))
def loc():
    a = 1; l = locals(); l["a"] = 2; l["b"] = 3; exec("c = 5"); f = sys._getframe(); fl = f.f_locals; fl["a"] = 9; fl["new"] = 7
    return a, l, sorted(locals()), fl["new"], [k for k in fl], "c" in locals(), type(fl).__name__
print(loc())
def cl():
    a = 1
    def inner(): a; return sorted(locals()), sys._getframe().f_locals
    return inner()
print(cl()[0], dict(cl()[1])); ns = {"a": 1}; exec("b = a; def_ = [a for _ in 'x']; a = 2", ns); print({k: ns[k] for k in ("a", "b", "def_")}); lns = {}; exec("class Q: z = 1\ndef ff(): return 1", {}, lns); print(sorted(lns)); show(lambda: eval("a + b", {"a": 1}, {"b": 2})); show(lambda: eval("[a for _ in 'x']", {}, {"a": 1})); show(lambda: exec("x", {"__builtins__": {}})); show(lambda: eval("len", {"__builtins__": {"len": 5}})); show(lambda: exec("def f(): return open\nf()", {"__builtins__": {}}))
class Mp(dict):
    def __missing__(self, k): return f"missing {k}"
show(lambda: eval("zz", {}, Mp())); show(lambda: eval("zz", Mp())); show(lambda: exec("x = 1", types.MappingProxyType({}))); show(lambda: exec("y = 1", {}, types.MappingProxyType({})))
class P:
    __match_args__ = ("a", "b")
    def __init__(s, a, b): s.a, s.b = a, b
def m(v):
    match v:
        case 0 | "zero": return "zero"
        case int(n) if n < 0: return f"neg {n}"
        case bool(): return "bool"
        case float() | complex() as num: return ("num", num)
        case str(s) if len(s) > 3: return ("long", s)
        case "a" "b": return "concat"
        case []: return "empty"
        case [1, *rest, 9]: return ("1..9", rest)
        case [x, [y, *_], {"k": z}]: return (x, y, z)
        case (a, b) if a == b: return "pair eq"
        case [_, _]: return "pair"
        case {"type": "t", "v": [*vals], **rest}: return ("map", vals, rest)
        case {}: return ("any map", len(v))
        case P(0, b=0): return "origin"
        case P(a, b=P(c)) : return ("nested", a, c)
        case P(): return "P"
        case sys.maxsize: return "maxsize"
        case None | True: return "none"
        case -5 | 1+2j | b"x": return "lit"
        case types.SimpleNamespace(q=w): return ("ns", w)
        case set() as st: return st
        case _: return "other"
for val in (0, "zero", -3, True, 1.5, "abcd", "ab", [], [1, 2, 9], [1, 9], (5, [6, 7], {"k": 8, "z": 1}), (4, 4), (4, 5), {"type": "t", "v": (1, 2), "o": 3}, {"z": 1}, P(0, 0), P(1, P(2, 3)), P(5, 6), sys.maxsize, None, 3 - 0j, b"x", types.SimpleNamespace(q=1), {1}, range(2), "xy", bytearray(b"x"), object): show(lambda: m(val))
for src in ("match 1:\n case int(a, b): pass", "match 1:\n case P2(1): pass", "match 1:\n case BadMA(1): pass", "match 1:\n case NotT(): pass", "match 1:\n case P3(1, x=2): pass", "match 1:\n case Dup(1, 2): pass"):
    g = {"P2": type("P2", (), {}), "BadMA": type("BadMA", (int,), {"__match_args__": [1]}), "NotT": 5, "P3": type("P3", (), {"__match_args__": ("x",)}), "Dup": type("Dup", (), {"__match_args__": ("x", "x"), "x": 1})}
    src = src.replace("match 1", "match obj"); g["obj"] = (g[src.split("case ")[1].split("(")[0]]() if isinstance(g.get(src.split("case ")[1].split("(")[0]), type) else 1)
    show(lambda: exec(src, g) or "fine")
n, w, p = 3.14159, 10, 2
print(f"{n:{w}.{p}f}|{n=}|{n = :.2f}|{'nested ' + f'{w!r:>{w}}'}|{{}}|{w!s}|{w:#x}|{(lambda q: q)(1)}|{ {'a': 1}['a'] }|{n:{'>' + str(w)}}", f"{'\n'}", f'{x:{"{"}>10}' if 0 else "", f"{'a' if w else 'b'}", f"{w,}", f"{*[1, 2],}", rf"\d{w}", f"{w:=^10}", f"""{
    w  # comment
}""", f"{x!r:^{20}}", f"{yield_}" if 0 else "", f"{w:%}", f"{1_000:_}", f"{f'{f"{w}"}'}", f"{not w=}", f"{w==10=}", f"{w:{p}}", "é" f"{w}" 'z')
t = t"hello {n:.{p}f} {w!r} {x=} {'s'}"
print(type(t), t.strings, t.values, [(i.value, i.expression, i.conversion, i.format_spec) for i in t.interpolations], list(t)[:2], t + t"more", repr(t"{1}")); show(lambda: t"a" + "b"); show(lambda: "b" + t"a"); show(lambda: t"a".nope); show(lambda: string.templatelib.Template("a", "b").strings); show(lambda: string.templatelib.Interpolation(1, "x", "z"))
def gen[T: int, *Ts, **PS](a: T, *b: *Ts) -> T: return a
class G[T, U = int]: 
    def m[V](self, v: V): return T, V
type Al[T] = list[T] | None
print(gen.__type_params__, gen.__type_params__[0].__bound__, G.__type_params__, G.__parameters__, G[int].__args__, G.__orig_bases__, Al, Al.__value__, Al[int], Al.__type_params__, G().m(1), gen.__annotations__, G.__type_params__[1].__default__, gen.__code__.co_qualname, G.m.__type_params__)
for src in ("def f[T, T](): pass", "class A[T=int, U]: pass", "def f[T](x: U): pass\nf.__annotations__", "type X = Y\nX.__value__", "def f[*T: int](): pass", "def f[T: (yield)](): pass", "class A[T](T): pass", "type X[T: (int)] = T", "type = 5; print(type)", "def f[T]():\n nonlocal T", "type A.b = int", "def f[**P = [int]](): pass\nprint(f.__type_params__[0].__default__)", "class A[__T]: x = __T\nprint(A.__type_params__)"): show(lambda: exec(src, {}))
def ann(a: undefined_name, b: "str", c: int | None = None, *d: list[int], e: 1 / 0 = 1) -> None: z: nope = 1; return z
print(ann(1, 2)); show(lambda: ann.__annotations__); import annotationlib; show(lambda: annotationlib.get_annotations(ann, format=annotationlib.Format.STRING)); show(lambda: annotationlib.get_annotations(ann, format=annotationlib.Format.FORWARDREF))
class An: a: int; b: "An"; c: list[An] = []; __d: str
print(An.__annotations__, An.__annotate__(1)); q: int; show(lambda: q); print(__annotations__ if "__annotations__" in globals() else __annotate__(1)); 
def soft(match, case, type, _): match = case; type = _; return match, type
print(soft(1, 2, 3, 4)); match = [1]; print(match[0], type(match)); print(0xFF, 0b1_0, 0o17, 1_000.5e-1, 1e3j, .5, 5., 0_0, "\N{BULLET}\x41\u00e9\U0001F600\101\
z", b"\x00\'", r"\n", "a" "b", """tri"ple""", u"u", Rb"\x", "\t|\a".encode(), 'it\'s'); ﬁ = 1; print(fi, "ﬁ" in globals(), "fi" in globals(), 𝐱 if 0 else x); print(*[1, 2], *(3,), sep="-"); print([*range(2), *"ab"], {*[1], 2}, {**{"a": 1}, "b": 2}, (*[1],), [1, 2, 3][-1:], (1 if 0 else 2, 3), not 1 == 2, -2 ** 2, 2 ** -1, 1 < 2 == 2, 5 // -2, -5 % 3, 5.5 % -2, ~5, 1 ^ 3, True + True, 3 if [] else 4, 0.1 + 0.2, 1e16 + 1, round(2.5), round(-0.5), round(2.675, 2), int(-3.9), divmod(-7, 3), 7 .real, (1).__add__(2), "a" < "b" < "c", [] == (), {1} <= {1, 2}, print, ..., NotImplemented)
for k in range(5):
    if k == 3: break
else: print("no")
for k in (): pass
else: print("else ran")
while k: k -= 1; continue
else: print("while else", k)
try: pass
except: pass
else: print("try else")
finally: print("fin")
