# Closures, cells, nonlocal, late binding, counters.
def counter(start=0):
    n = start
    def inc(by=1):
        nonlocal n
        n += by
        return n
    def get(): return n
    inc.get = get
    return inc
a, b = counter(), counter(10)
print(a(), a(5), b(), a.get(), b.get(), a.__closure__[0].cell_contents, a.__code__.co_freevars, counter.__code__.co_cellvars)
def adders(): return [lambda x: x + i for i in range(3)]
print([f(10) for f in adders()], [f(10) for f in [lambda x, i=i: x + i for i in range(3)]])
def deep():
    x = 1
    def l1():
        def l2():
            nonlocal x
            x += 1
            def l3(): return x
            return l3
        return l2
    return l1()()(), x
print(deep())
def shared():
    v = []
    return v.append, lambda: v
put, get = shared()
put(1); put(2)
print(get())
cell = a.__closure__[1] if len(a.__closure__) > 1 else a.__closure__[0]
a.__closure__[0].cell_contents = 100
print(a())
import types
print(types.CellType(5).cell_contents, types.CellType(1) < types.CellType(2), types.CellType(1) == types.CellType(1))
try:
    types.CellType().cell_contents
except ValueError as e:
    print(e)
def make(): 
    def f(): return z
    return f
z = "global z"
print(make()(), make().__closure__)
def empty():
    def f(): return later
    c = f.__closure__[0]
    try:
        c.cell_contents
    except ValueError as e:
        print(e)
    later = 1
    return c.cell_contents
print(empty())
def compose(*fs):
    def run(x):
        for f in reversed(fs): x = f(x)
        return x
    return run
print(compose(str, lambda x: x * 2, lambda x: x + 1)(4))
def memo(f):
    cache = {}
    def wrapper(n):
        if n not in cache: cache[n] = f(n)
        return cache[n]
    wrapper.cache = cache
    return wrapper
@memo
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80), len(fib.cache))
def argcell(x):
    def g(): nonlocal x; x += 1; return x
    return g(), g(), x
print(argcell(5), (lambda x: lambda y: lambda z: x + y + z)(1)(2)(3))
def classcell():
    y = 5
    class C:
        y = 7
        def m(self): return y
    return C.y, C().m()
print(classcell())
f2 = types.FunctionType(a.__code__, globals(), "renamed", (3,), a.__closure__)
print(f2(), f2.__name__, f2.__defaults__)
for args in ((a.__code__, {}), (a.__code__, {}, "n", None, ()), (a.__code__, {}, "n", None, (1,)), (5, {}), (a.__code__, 5)):
    try:
        types.FunctionType(*args)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
for src in ("nonlocal x", "def f():\n nonlocal x", "def f(x):\n nonlocal x", "def f():\n global x\n nonlocal x", "def f():\n x = 1\n global x", "def f():\n x = 1\n def g():\n  x = 2\n  nonlocal x", "class C:\n nonlocal x", "def f():\n print(x)\n global x", "def f(a):\n global a"):
    try:
        compile(src, "s", "exec")
        print("ok")
    except SyntaxError as e:
        print(e.msg)
