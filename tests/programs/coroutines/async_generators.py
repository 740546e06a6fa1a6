# Asynchronous generators by hand: asend, athrow, aclose.
def run(coro):
    try:
        while True: print("suspended on", coro.send(None))
    except StopIteration as e:
        return e.value
class S:
    def __await__(self): yield "S"; return "resumed"
async def ag():
    try:
        x = yield 1
        print("got", x, await S())
        y = yield 2
        print("got", y)
    except ValueError as e:
        print("caught", e)
        yield "after error"
    finally:
        print("finally")
async def main():
    a = ag()
    print(type(a).__name__, a.ag_running, a.ag_frame is not None, a.ag_await, a.ag_code.co_name)
    print(await a.__anext__(), await a.asend("A"))
    try:
        await a.asend("B")
    except StopAsyncIteration as e:
        print("stop", e.args)
    a = ag()
    await a.asend(None)
    print(await a.athrow(ValueError("v")))
    await a.aclose()
    await a.aclose()
    try:
        await anext(a)
    except StopAsyncIteration:
        print("exhausted")
    print(await anext(a, "default"))
    a = ag()
    try:
        await a.asend(1)
    except TypeError as e:
        print(e)
    async for x in ag(): print("item", x)
    print([x async for x in ag()], {x: 1 async for x in ag() if x == 1}, {x async for x in ag()} == {1, 2}, [await S() for _ in range(2)])
    g = (x async for x in ag())
    print(type(g).__name__, await anext(g))
    await g.aclose()
    async def bad():
        yield 1
        raise StopAsyncIteration
    try:
        async for x in bad(): pass
    except RuntimeError as e:
        print(e)
    async def ignores():
        try:
            yield 1
        except GeneratorExit:
            yield 2
    i = ignores(); await anext(i)
    try:
        await i.aclose()
    except RuntimeError as e:
        print(e)
    for e in ("x async for x in 5", ):
        try:
            [x async for x in 5]
        except TypeError as err:
            print(err)
    class NoAnext:
        def __aiter__(self): return self
    class BadAiter:
        def __aiter__(self): return 5
    class Items:
        def __init__(self): self.n = 0
        def __aiter__(self): return self
        async def __anext__(self):
            self.n += 1
            if self.n > 3: raise StopAsyncIteration
            return self.n
    for cls in (NoAnext, BadAiter):
        try:
            async for _ in cls(): pass
        except TypeError as err:
            print(err)
    async for v in Items():
        if v == 2: continue
        print("v", v)
    else:
        print("else")
    return "end"
print(run(main()))
try:
    for _ in ag(): pass
except TypeError as e:
    print(e)
for src in ("async def f():\n yield 1\n return 2", "async def f():\n yield from x", "def f():\n await x", "def f():\n async for x in y: pass", "def f():\n async with x: pass", "def f(): return [x async for x in y]", "await x", "async with a: pass", "async def f(): return (await x for x in y)", "lambda: await x", "async def f(): lambda: await x", "class C:\n await x", "async def f():\n def g(): await x"):
    try:
        compile(src, "s", "exec"); print("fine")
    except SyntaxError as e:
        print(e.msg)
