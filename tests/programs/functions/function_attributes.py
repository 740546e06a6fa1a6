# What a function carries.
def f(a: int, b: str = "x", *c, d: float = 1.0, **e) -> bool:
    """Doc
    string."""
    local = 1
    return local
f.custom = [1]
print(f.__name__, f.__qualname__, f.__module__, repr(f.__doc__), f.__defaults__, f.__kwdefaults__, f.__annotations__, f.__dict__, f.__closure__, f.__globals__ is globals(), f.__type_params__, f.__builtins__ is __builtins__.__dict__)
c = f.__code__
print(c.co_name, c.co_qualname, c.co_argcount, c.co_kwonlyargcount, c.co_nlocals, c.co_varnames, c.co_names, c.co_consts[0] if c.co_consts else None, c.co_firstlineno, c.co_flags, c.co_freevars, c.co_cellvars, c.co_stacksize > 0, c.co_filename.endswith("function_attributes.py"))
def outer():
    def inner(): pass
    class L:
        def m(self): pass
    return inner, L, lambda: 0
i, L, lam = outer()
print(i.__qualname__, L.__qualname__, L.m.__qualname__, lam.__qualname__, lam.__name__)
f.__name__ = "renamed"; f.__qualname__ = "Q.renamed"; f.__doc__ = None; f.__defaults__ = None
try:
    f()
except TypeError as e:
    print(e)
for attr, value in (("__name__", 5), ("__code__", 5), ("__defaults__", 5), ("__dict__", 5), ("__closure__", ()), ("__globals__", {}), ("__kwdefaults__", []), ("__qualname__", None), ("__annotations__", 3)):
    try:
        setattr(f, attr, value)
        print(attr, "set")
    except (TypeError, AttributeError, ValueError) as e:
        print(attr, type(e).__name__, e)
def g(): return "g"
def h(x=1): return "h", x
g.__code__ = h.__code__
try:
    print(g())
except TypeError as e:
    print(e)
g.__defaults__ = (5,)
print(g(), c.replace(co_name="new").co_name, c == f.__code__, hash(c) == hash(f.__code__), h.__code__ == g.__code__)
try:
    def withcell():
        v = 1
        def k(): return v
        k.__code__ = h.__code__
    withcell()
except ValueError as e:
    print(e)
class M:
    def m(self): "mdoc"
    m.tag = 1
m = M().m
print(m.__func__ is M.m, m.__name__, m.__doc__, m.tag, m.__self__.__class__, m == M().m, m.__func__ == M.m, type(m).__name__, type(M.m).__name__)
o = M()
print(o.m == o.m, o.m is o.m, hash(o.m) == hash(o.m))
try:
    m.tag = 2
except AttributeError as e:
    print(e)
import types
b = types.MethodType(lambda self, x: (self, x), 10)
print(b(5), b.__self__, type(len).__name__, type("".join).__name__, type(str.join).__name__, type(str.__add__).__name__, type("".__add__).__name__, type(dict.fromkeys).__name__, len.__name__, str.join.__qualname__, "".join.__qualname__, [].append.__self__, len.__module__, str.join.__objclass__, len.__text_signature__)
try:
    types.MethodType(1, 2)
except TypeError as e:
    print(e)
try:
    types.MethodType(len, None)
except TypeError as e:
    print(e)
print(sorted(set(dir(f)) - set(dir(object))))
