# async with, contextlib's asynchronous tools.
import asyncio, contextlib
class A:
    def __init__(self, n, swallow=False): self.n, self.swallow = n, swallow
    async def __aenter__(self): print("enter", self.n); await asyncio.sleep(0); return self.n
    async def __aexit__(self, t, v, tb): print("exit", self.n, t and t.__name__, v); return self.swallow
@contextlib.asynccontextmanager
async def acm(x):
    print("acm enter", x)
    try:
        yield x * 2
    except KeyError as e:
        print("acm caught", e)
    finally:
        print("acm exit")
async def main():
    async with A(1) as a, A(2, True) as b:
        print(a, b)
        raise ValueError("swallowed by 2")
    async with acm(3) as v: print(v)
    async with acm(4): raise KeyError("k")
    try:
        async with acm(5): raise OSError("o")
    except OSError as e:
        print("passed", e)
    async with (A("p") as x, acm("q") as y,): print(x, y)
    async with contextlib.AsyncExitStack() as st:
        print(await st.enter_async_context(A("s")), st.push_async_callback(lambda: asyncio.sleep(0)) is not None, st.enter_context(contextlib.nullcontext("n")))
        st.callback(print, "callback")
    async with contextlib.aclosing(gen()) as g:
        async for i in g:
            print(i); break
    class NoExit:
        async def __aenter__(self): pass
    class Sync:
        def __enter__(self): pass
        def __exit__(self, *a): pass
    class BadEnter:
        def __aenter__(self): return 5
        async def __aexit__(self, *a): pass
    for cls in (NoExit, Sync, BadEnter):
        try:
            async with cls(): pass
        except (TypeError, AttributeError) as e:
            print(type(e).__name__, e)
    try:
        with A(9): pass
    except TypeError as e:
        print(e)
    @acm("deco")
    async def decorated(): print("in decorated")
    await decorated()
    async with contextlib.nullcontext(7) as n: print(n)
    async def ret():
        async with A("r"): return "returned"
    print(await ret())
    for i in range(3):
        async with A(i):
            if i == 1: break
async def gen():
    try:
        yield 1
        yield 2
    finally:
        print("gen closed")
asyncio.run(main())
