# Generators, coroutines, async: fine points.
import asyncio, types, inspect, sys, warnings, weakref, gc
warnings.simplefilter("ignore")
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e, repr(e.__cause__) if e.__cause__ else "", repr(e.__context__) if e.__context__ else "")
def g():
    try:
        x = yield 1
        print("got", x)
        yield 2
    except GeneratorExit: print("exit"); raise
    finally: print("fin")
    return "r"
a = g(); show(lambda: a.send(5)); print(next(a), a.gi_frame.f_lineno, a.gi_running, a.gi_suspended, inspect.getgeneratorstate(a), inspect.getgeneratorlocals(a)); show(lambda: a.send("v")); show(lambda: next(a)); show(lambda: next(a)); print(inspect.getgeneratorstate(a), a.gi_frame, a.close())
a = g(); next(a); show(lambda: a.throw(ValueError("x"))); a = g(); next(a); print(a.close()); a = g(); print(a.close(), inspect.getgeneratorstate(a)); a = g(); show(lambda: a.throw(KeyError)); show(lambda: a.throw(5)); show(lambda: a.throw(ValueError, "a", None))
def ig():
    try: yield
    except GeneratorExit: yield 5
a = ig(); next(a); show(lambda: a.close())
def cr():
    try: yield
    except GeneratorExit: return "closed value"
a = cr(); next(a); show(lambda: a.close())
def si(): yield; raise StopIteration("inner")
a = si(); next(a); show(lambda: next(a))
def rec():
    yield next(r)
r = rec(); show(lambda: next(r))
def ctx():
    try: raise ValueError("outer")
    except ValueError:
        try: yield sys.exception()
        finally: print("exc now", sys.exception())
try: raise KeyError("k")
except KeyError:
    a = ctx(); print(next(a), repr(sys.exception())); show(lambda: next(a)); print(repr(sys.exception()))
@types.coroutine
def tc():
    x = yield "from tc"
    return x
async def co(): return await tc()
c = co(); print(c.send(None), c.cr_await.__name__, inspect.getcoroutinestate(c)); show(lambda: c.send("back")); show(lambda: c.send(None)); show(lambda: co().send(1)); c = co(); c.close(); show(lambda: c.send(None)); show(lambda: next(co())); show(lambda: iter(co())); show(lambda: [x for x in co()])
class Aw:
    def __await__(self): yield 1; return "aw"
class BadAw:
    def __await__(self): return 5
class BadAw2:
    async def __await__(self): pass
async def use(x): return await x
def drive(c):
    out = []
    try:
        while True: out.append(c.send(None))
    except StopIteration as e: return out, e.value
show(lambda: drive(use(Aw()))); show(lambda: drive(use(BadAw()))); show(lambda: drive(use(BadAw2()))); show(lambda: drive(use(5))); show(lambda: drive(use(co)))
async def ag():
    try:
        for i in range(3):
            x = yield i
            if x: print("asent", x)
    except ValueError as e: print("acaught", e); yield "recovered"
    finally: print("afin")
async def main():
    a = ag(); print(await anext(a), await a.asend("s"), await a.athrow(ValueError("t"))); 
    try: await anext(a)
    except StopAsyncIteration as e: print("SAI", e.args)
    print(await anext(ag(), "d")); e = ag(); await e.aclose(); print([x async for x in e], [y async for y in ag() if y], {k: v async for k, v in zipa()}, [await f(i) for i in range(2)])
    z = ag()
    async for v in z: break
    await z.aclose()
    try: await z.asend(1)
    except StopAsyncIteration: print("closed")
    try:
        async for x in 5: pass
    except TypeError as e: print(e)
    try:
        for x in ag(): pass
    except TypeError as e: print(e)
    class NA:
        def __aiter__(self): return 5
    try:
        async for x in NA(): pass
    except TypeError as e: print(e)
    class NB:
        def __aiter__(self): return self
        def __anext__(self): return 5
    try:
        async for x in NB(): pass
    except TypeError as e: print(e, repr(e.__cause__))
    class NC:
        async def __aiter__(self): return self
    try:
        async for x in NC(): pass
    except TypeError as e: print(e)
    q = ag(); t1 = q.asend(None); t2 = q.asend(None); print(await t1, await t2)
    try: await t1
    except RuntimeError as e: print(e)
    await q.aclose()
    def sync(): return (x async for x in ag())
    print(type(sync()).__name__, inspect.isasyncgen(sync()), [x async for x in sync()])
async def zipa():
    for x in "ab": yield x, x * 2
async def f(i): return i * 10
asyncio.run(main())
async def exc():
    async def s(): yield; raise StopAsyncIteration("x")
    a = s(); await anext(a)
    try: await anext(a)
    except RuntimeError as e: print(e, repr(e.__cause__))
    async def s2(): raise StopIteration("y")
    try: await s2()
    except RuntimeError as e: print(e, repr(e.__cause__))
asyncio.run(exc())
for src in ("await x", "async def f(): yield from x", "def f(): await x", "async def f(): return 1; yield", "def f(): async with x: pass", "def f(): [x async for x in y]", "async def f(): [x for x in await y]", "class C: yield 1", "yield 1", "lambda: (yield)", "[(yield) for x in y]", "async def f(): lambda: await x", "async with x: pass", "def f(): return (yield 1)", "async for x in y: pass", "def f():\n  yield = 1", "def f(): (yield 1) = 2", "await = 1", "async = 1"):
    try: compile(src, "<s>", "exec"); print("ok", src)
    except SyntaxError as e: print(src.replace("\n", "|"), "->", e.msg, e.lineno, e.offset, e.end_offset)
