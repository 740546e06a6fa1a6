# inspect, ast and dis on functions of every shape.
import inspect, ast, dis, io
def f(a, b: int = 1, /, c="x", *args: str, d, e=None, **kw) -> bool:
    "Doc of f."
    return a
sig = inspect.signature(f)
print(sig, list(sig.parameters), sig.parameters["b"].kind, sig.parameters["b"].default, sig.return_annotation, sig.bind(1, d=2).arguments, sig.bind_partial().arguments, str(sig.replace(return_annotation=int)), repr(sig.parameters["args"]), sig.format(max_width=20))
ba = sig.bind(1, 2, 3, 4, d=5, z=6); ba.apply_defaults(); print(ba.args, ba.kwargs)
for bad in (lambda: sig.bind(), lambda: sig.bind(1, d=1, a=2, **{"b": 3}), lambda: sig.bind(1), lambda: inspect.signature(5), lambda: inspect.Parameter("a b", inspect.Parameter.POSITIONAL_ONLY), lambda: inspect.Signature([inspect.Parameter("a", inspect.Parameter.KEYWORD_ONLY), inspect.Parameter("b", inspect.Parameter.POSITIONAL_ONLY)]), lambda: inspect.getsource(len), lambda: inspect.getfile(1)):
    try: print(bad())
    except (TypeError, ValueError, OSError) as e: print(type(e).__name__, e)
class K:
    def __init__(self, x, *, y=2): pass
    def m(self, q): pass
    @classmethod
    def c(cls, z): pass
    @staticmethod
    def s(w): pass
    async def co(self): pass
    def g(self): yield
    def __call__(self, v): pass
print(inspect.signature(K), inspect.signature(K.m), inspect.signature(K(1).m), inspect.signature(K.c), inspect.signature(K.s), inspect.signature(K(1)), inspect.signature(len), inspect.signature(print), inspect.signature(str.split), inspect.signature(sorted), inspect.getfullargspec(f))
print(inspect.isfunction(f), inspect.ismethod(K(1).m), inspect.isclass(K), inspect.isgeneratorfunction(K.g), inspect.iscoroutinefunction(K.co), inspect.isbuiltin(len), inspect.isroutine(f), inspect.isabstract(K), inspect.ismodule(ast), inspect.isdatadescriptor(property()), inspect.getdoc(f), inspect.getmro(K), [n for n, _ in inspect.getmembers(K, inspect.isfunction)], inspect.cleandoc("  a\n    b\n  "), inspect.unwrap(f) is f, inspect.getsource(K.s), inspect.getsourcelines(f)[1], inspect.getcomments(f), inspect.classify_class_attrs(K)[-1].kind if True else "")
def gen(): x = 1; yield x
g = gen(); print(inspect.getgeneratorstate(g), next(g), inspect.getgeneratorstate(g), inspect.getgeneratorlocals(g))
src = "import a.b as c\nfrom . import d\n@dec\nclass A(B, k=1):\n    x: int = 1\n    def f(self, a, /, b=2, *c, d, **e) -> int:\n        if (y := a) and not b or c: return [i async for i in e if i]\n        elif a < b <= c: pass\n        else: raise X from Y\nwith a as b, c: pass\nfor (i, *j) in k: continue\nelse: break_\nwhile 1: break\ntry: 1\nexcept* E as e: 2\nfinally: 3\nmatch p:\n    case {'a': [1, *_], **r} | C(x=1) if g: pass\nasync def co():\n    await z\n    async with q: yield\nlambda *a: (yield)\nf'{a!r:>{w}} {b=}'\nt'{q}'\ndel a[1:2, ...], b.c\nassert a, 'm'\nglobal g1\nx = y = {**a, 'k': 1}; z += -1 if a else ~b\ntype T[K: int = str, *V, **P] = list[K]\ndef gf[T](x: T): nonlocal_\n{1, 2}; {i: j for i, j in k}; b'x'; 1j; ...; a @ b; a is not b not in c"
t = ast.parse(src)
print(ast.dump(t)); print(ast.unparse(t)); print(ast.dump(ast.parse("a + 1", mode="eval"), include_attributes=True), ast.dump(ast.parse("x = [1, 2]"), indent=1), ast.dump(ast.Constant(1), show_empty=True))
print(ast.unparse(ast.parse(ast.unparse(t))) == ast.unparse(t), sum(1 for _ in ast.walk(t)), type(ast.parse("1", mode="single")).__name__, ast.get_docstring(ast.parse("'doc'\n1")), ast.get_source_segment("a = b + c", ast.parse("a = b + c").body[0].value), ast.compare(ast.parse("a"), ast.parse("a")))
for e in ("[1, 'a', (None, {True: 2.5}), {3}, -1, 1+2j, b'x', ...]", "set()", "f()", "1 + 1", "a", "[", "'a' 'b'", "  1", "{**a}"):
    try: print(e, ast.literal_eval(e))
    except (ValueError, SyntaxError) as x: print(e, type(x).__name__, x)
class V(ast.NodeTransformer):
    def visit_Constant(self, n): return ast.copy_location(ast.Constant(n.value * 2), n) if isinstance(n.value, int) else n
print(ast.unparse(V().visit(ast.parse("x = 1 + 2 * 'a'"))), eval(compile(ast.fix_missing_locations(V().visit(ast.parse("3 + 4", mode="eval"))), "", "eval")))
for bad in (lambda: compile(ast.Module([ast.Expr(ast.Name("x", ast.Load()))], []), "", "exec"), lambda: ast.Name(), lambda: compile(ast.Expression(ast.Name("True", ast.Load(), lineno=1, col_offset=0)), "", "eval"), lambda: ast.Constant(1, 2, 3, 4), lambda: ast.Name("x", nope=1), lambda: ast.parse("x", mode="zz"), lambda: compile(ast.fix_missing_locations(ast.Module([ast.Assign([], ast.Constant(1))], [])), "", "exec")):
    try: r = bad(); print(type(r).__name__)
    except Exception as x: print(type(x).__name__, x)
def h(a, b=(1, 2)):
    t = 0
    for i, x in enumerate(a):
        with x as y:
            try: t += y.z[i] * (lambda q: q + t)(i)
            except (ValueError, KeyError) as e: return f"{e!r:>5}", [j for j in b if j]
            finally: print(t, sep="", end="")
    return {**a, "k": t} if t else None
dis.dis(h); dis.dis("x = [*a, 1]; del b; import c.d\nasync def e(): await f", depth=1); print(dis.code_info(f).splitlines()[2:8]); print([i.opname for i in dis.get_instructions("a.b(c)")], list(dis.findlinestarts(f.__code__)), dis.stack_effect(dis.opmap["POP_TOP"]), dis.opname[dis.opmap["RESUME"]]); o = io.StringIO(); dis.dis(lambda: 1, file=o, show_caches=True); print(len(o.getvalue().splitlines()), dis.Bytecode("1").info().splitlines()[0])
