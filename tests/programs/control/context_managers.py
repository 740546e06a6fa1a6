# Context managers and contextlib: order, suppression, stacks, async.
import contextlib, asyncio, io, sys, os
from contextlib import *
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e, repr(e.__cause__), repr(e.__context__))
class M:
    def __init__(s, n, sup=False, bad=None): s.n, s.sup, s.bad = n, sup, bad
    def __enter__(s):
        print("enter", s.n)
        if s.bad == "enter": raise ValueError(s.n)
        return s.n
    def __exit__(s, t, v, tb):
        print("exit", s.n, t and t.__name__, v, tb is not None)
        if s.bad == "exit": raise KeyError(s.n)
        return s.sup
def a():
    with M(1) as x, M(2, True) as y: print(x, y); raise OSError("o")
    return "after"
show(a)
def b():
    with M(1, bad="exit"), M(2): return "ret"
show(b)
def c():
    with M(1), M(2, bad="enter"): pass
show(c)
def d():
    with (M(1) as p, M(2) as q,): return p + q
show(d)
def e():
    for i in range(3):
        with M(i):
            if i == 0: continue
            break
    return i
show(e)
for bad in ("5", "object()", "type('X', (), {'__enter__': lambda s: 1})()", "type('X', (), {'__exit__': lambda s, *a: 1})()"): show(lambda: exec(f"with {bad}: pass"))
async def am():
    for bad in ("5", "M(1)"):
        try: exec(f"async def f():\n async with {bad}: pass", globals()); await f()
        except Exception as x: print(type(x).__name__, x)
asyncio.run(am())
@contextmanager
def g(n, mode=None):
    print("in", n)
    try: yield n
    except ValueError as e:
        print("caught", e)
        if mode == "raise": raise KeyError("k") from e
        if mode == "again": yield 2
        if mode == "same": raise
    finally: print("out", n)
with g(1) as v: print(v)
for mode in (None, "raise", "again", "same"):
    def h():
        with g(mode, mode): raise ValueError("v")
        return "suppressed"
    show(h)
@contextmanager
def none():
    if 0: yield
@contextmanager
def two(): yield 1; yield 2
def use(m):
    with m() as x: return x
show(lambda: use(none)); show(lambda: use(two))
@contextmanager
def si():
    yield
def stop():
    with si(): raise StopIteration("x")
show(stop)
@g("deco")
def decorated(x): return x * 2
print(decorated(4), decorated(5), g.__name__, g.__wrapped__)
cm = g(7)
with cm: pass
show(lambda: cm.__enter__()); print(type(cm).__name__)
with ExitStack() as st:
    print(st.enter_context(M("a")), st.callback(print, "cb", end="!\n").__name__, st.push(lambda *a: print("pushed", a[0]) or True)); st.enter_context(M("b")); raise RuntimeError("r")
print("suppressed")
def chain():
    with ExitStack() as st:
        st.callback(lambda: 1 / 0); st.push(M("z", bad="exit")); raise ValueError("first")
show(chain)
s = ExitStack(); s.callback(print, "later"); t = s.pop_all(); s.close(); print("closing"); t.close(); show(lambda: ExitStack().enter_context(5)); show(lambda: ExitStack().push(5)); show(lambda: ExitStack().enter_async_context)
with suppress(ZeroDivisionError, KeyError): 1 / 0
with suppress(ValueError): raise ExceptionGroup("g", [ValueError(1), ValueError(2)])
def sg():
    with suppress(ValueError): raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
show(sg)
f = io.StringIO()
with redirect_stdout(f), redirect_stderr(f): print("captured"); print("err", file=sys.stderr)
print(repr(f.getvalue())); r = redirect_stdout(f)
with r:
    with r: print("nested")
print(f.getvalue().split())
class Cl:
    def close(self): print("closed")
with closing(Cl()) as c2: print(type(c2).__name__)
with nullcontext(5) as n: print(n)
cwd = os.getcwd()
with chdir("/"): print(os.getcwd())
print(os.getcwd() == cwd)
class Deco(ContextDecorator):
    def __enter__(self): print("D in"); return self
    def __exit__(self, *e): print("D out"); return False
@Deco()
def dd(): print("body")
dd()
@asynccontextmanager
async def ag(n):
    print("ain", n)
    try: yield n
    finally: print("aout", n)
async def main():
    async with ag(1) as x, AsyncExitStack() as st: print(x, await st.enter_async_context(ag(2))); st.push_async_callback(asyncio.sleep, 0); st.callback(print, "sync cb")
    @ag("d")
    async def f(): return "r"
    print(await f())
    async with aclosing(agen()) as it:
        async for i in it: print("item", i); break
    try:
        async with ag(3): raise StopAsyncIteration("s")
    except BaseException as e: print(type(e).__name__, e)
    async with nullcontext(9) as q: print(q)
async def agen():
    try:
        for i in range(3): yield i
    finally: print("agen closed")
asyncio.run(main())
print(isinstance(M(1), AbstractContextManager), issubclass(ExitStack, AbstractContextManager), isinstance(5, AbstractContextManager), AbstractContextManager.__exit__(M(1), 1, 2, 3))
