# Language: order of evaluation, scopes, unpacking, calls, deletion, augmented assignment.
import sys, types, warnings
warnings.simplefilter("ignore", SyntaxWarning)
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
log = []
def v(x): log.append(x); return x
def flush(): print(log); log.clear()
class Tr:
    def __init__(s, n): s.n = n
    def __getitem__(s, k): log.append(f"{s.n}[{k}]"); return 1
    def __setitem__(s, k, x): log.append(f"{s.n}[{k}]={x}")
    def __delitem__(s, k): log.append(f"del {s.n}[{k}]")
    def __getattr__(s, k): log.append(f"{s.n}.{k}"); return 1
    def __setattr__(s, k, x):
        if k == "n": object.__setattr__(s, k, x)
        else: log.append(f"{s.n}.{k}={x}")
a, b = Tr("a"), Tr("b")
a[v(1)] = b.x = v(2); flush()
a[v(1)] += v(2); flush()
a.p += v(3); flush()
a[v(0)], b[v(1)] = v(2), v(3); flush()
(a[v(0)], *b[v(1)].real) if 0 else v(9); flush()
a[v(0)], *b.rest = [v(1), v(2), v(3)]; flush()
{v("k1"): v(1), v("k2"): v(2)}; flush()
(lambda *a, **k: v(a))(v(1), *[v(2)], v(3), k=v(4), **{"z": v(5)}); flush()
v(1) < v(2) < v(0) < v(9); flush()
v(0) and v(1) or v(2); flush()
v(1) if v(0) else v(2); flush()
a[v(1):v(2):v(3)]; flush()
[v(i) for i in [v(1), v(2)] if v(i)]; flush()
def deco(n):
    log.append(f"eval {n}")
    def d(f): log.append(f"apply {n}"); return f
    return d
@deco(1)
@deco(2)
def df(x=v("default"), *, y=v("kwdefault")) -> v("ann"): pass
flush()
class DC(deco("base") and object, metaclass=(v(type))): y = v("body")
flush()
for a[v(0)] in [v(1), v(2)]: v("body")
flush()
with __import__("contextlib").nullcontext(v("cm")) as a[v("as")]: v("in")
flush()
del a[v(0)], b[v(1)]; flush()
assert v(1), v("msg"); flush()
f"{v(1)}{v(2)!r:{v(3)}}"; flush()
x = y = z = v([]); flush(); x.append(1); print(x is y is z)
i, l = 0, [0, 0]; i, l[i] = 1, 5; print(i, l)
def swap(): a, b, c = 1, 2, 3; a, b, c = c, a, b; return a, b, c
print(swap())
for src in ("a, b = 1", "a, b = [1]", "a, b = [1, 2, 3]", "a, *b, c = [1]", "a, b = {1: 2}", "a, b = 'xyz'", "(a, b), c = [1, 2]", "[a, b] = iter([1])", "a, b = None", "*a, = 5", "a, b = (i for i in range(9))", "for a, b in [1]: pass", "x = [*5]", "x = {**5}", "x = {**[1]}", "f(*5)", "f(**5)", "f(**{1: 2})", "f(a=1, **{'a': 2})", "f(*[1], *2)", "print(*1)", "dict(**{'a': 1}, a=2)", "f(**{'a': 1}, **{'a': 2})"):
    def f(*a, **k): return a, k
    show(lambda: exec(src, {"f": f}))
def pos(a, b, /, c, d=4, *args, e, g=7, **kw): return a, b, c, d, args, e, g, kw
def simple(a, b=2): return a, b
def kwo(*, a, b=1): return a, b
class Obj:
    def meth(self, x): return x
    @classmethod
    def cm(cls, x): return x
    @staticmethod
    def sm(x): return x
    def __init__(self, q): pass
for src in ("pos(1, 2, 3, e=5)", "pos(1, 2, 3, 4, 5, 6, e=7, z=8, a=9)", "pos(1, 2)", "pos()", "pos(1, 2, 3)", "pos(1, b=2, c=3, e=4)", "pos(1, 2, 3, c=4, e=5)", "simple()", "simple(1, 2, 3)", "simple(1, a=2)", "simple(b=1)", "simple(1, z=2)", "simple(1, 2, 3, z=2)", "kwo(1)", "kwo()", "kwo(a=1, c=2)", "kwo(1, a=2)", "Obj()", "Obj(1, 2)", "Obj(1).meth()", "Obj(1).meth(1, 2)", "Obj.meth(1)", "Obj.cm()", "Obj.sm(1, 2)", "(lambda: 1)(2)", "(lambda x, y: 1)()", "(lambda x, y, z: 1)(1)", "(lambda *, a, b, c: 1)()", "(lambda a, /: 1)(a=1)", "(lambda a, b, /: 1)(a=1, b=2)", "simple(1, B=2)", "len()", "len(1, 2)", "len(x=1)", "int(1, 2, 3)", "[].append()", "[].append(1, 2)", "{}.get()", "'a'.split(1, 2, 3)", "'a'.split(x=1)", "sorted()", "sorted([1], 2)", "max()", "max(1)", "print(sep=5)", "print(zz=1)", "range()", "range(1, 2, 3, 4)", "isinstance(1)", "'a'.join()", "dict(1)", "dict([1])", "dict([(1, 2, 3)])", "set(1, 2)", "type.__call__()", "object().__init__(1)", "str(1, 2, 3, 4)", "bytes(1, 2)", "open()", "None()", "(1)()", "'a'()", "Obj(1)()", "[][0]", "()[1]", "''[0]", "b''[0]", "{}[0]", "[][None]", "[]['a']", "''['a']", "1[0]", "None[0]", "len[0]", "[1][1.0]", "range(3)[5]", "[].pop()", "[1].remove(2)", "[1].index(2)", "{}.popitem()", "set().pop()", "{1}.remove(2)", "'a' + 1", "1 + 'a'", "[] + ()", "() + []", "1 + None", "'a' * 'b'", "[1] * 1.5", "1 / 0", "1 // 0", "1 % 0", "1.0 // 0", "1 ** -1", "0 ** -1", "2 << -1", "'%d' % 'a'", "-'a'", "~1.5", "+[]", "not_defined", "1 < 'a'", "[] < ()", "None < None", "{} < {}", "1j < 2j", "5 in 5", "5 in 'a'", "[] in {}", "hash([])", "hash({})", "{[]: 1}", "{{}}", "iter(5)", "next(5)", "next(iter([]))", "int('x')", "int('1' * 5000)", "float('x')", "int(None)", "complex('x')", "chr(-1)", "ord('ab')", "abs('a')", "round('a')", "sum(['a'])", "sum('ab', '')", "pow(1, 2, 0)", "divmod(1, 0)", "zip(1)", "map(1)", "list(map(1, [1]))", "filter(1)", "enumerate()", "reversed({1})", "slice()", "super()", "vars(1)", "getattr(1, 'x')", "getattr(1, 2)", "setattr(1, 'x', 1)", "delattr(1, 'real')", "(1).real = 2" if 0 else "object().x", "type('X', (), {}).zz", "isinstance(1, 1)", "issubclass(1, int)", "issubclass(int, 'a')", "callable()", "compile('1', '', 'zz')", "eval('1 +')", "exec(5)", "eval(5)", "__import__('nope.x')", "__import__(5)", "input(1, 2)", "bytearray([256])", "bytes([-1])", "bytes('a')", "memoryview('a')", "frozenset([[]])", "property(1, 2, 3, 4, 5)", "staticmethod()", "format(1, 2)", "format(1, 'q')", "'{}'.format()", "bin('a')", "hex(1.5)", "oct(None)", "id()", "object(1)", "ascii()", "breakpoint" and "locals(1)", "globals(1)", "dir(1, 2)", "help" and "any(1)", "all([1], 2)", "min(1, 'a')", "max([], default=1)", "max([1], default=1, key=5)", "min(1, 2, default=3)"):
    show(lambda: (src, eval(src)))
