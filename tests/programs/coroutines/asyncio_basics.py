# asyncio: run, gather, tasks, timeouts, cancellation.
import asyncio
async def work(n, delay=0):
    for _ in range(delay): await asyncio.sleep(0)
    return n * n
async def fail(msg):
    await asyncio.sleep(0)
    raise ValueError(msg)
async def main():
    print(await asyncio.gather(work(1, 3), work(2), work(3, 1)), await asyncio.gather(), await work(5))
    r = await asyncio.gather(work(1), fail("x"), return_exceptions=True)
    print(r[0], repr(r[1]))
    try:
        await asyncio.gather(work(1), fail("y"))
    except ValueError as e:
        print(e)
    t = asyncio.create_task(work(4, 2), name="mine")
    print(t.get_name(), t.done(), await t, t.done(), t.result(), t.exception(), t.cancelled())
    f = asyncio.create_task(fail("task"))
    try:
        await f
    except ValueError as e:
        print(e, repr(f.exception()))
    try:
        f.result()
    except ValueError as e:
        print("result", e)
    t = asyncio.create_task(asyncio.sleep(100))
    await asyncio.sleep(0)
    print(t.cancel("why"), t.cancelling())
    try:
        await t
    except asyncio.CancelledError as e:
        print("cancelled", e.args, t.cancelled())
    async def stubborn():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            return "survived"
    t = asyncio.create_task(stubborn()); await asyncio.sleep(0); t.cancel()
    print(await t)
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except TimeoutError as e:
        print(type(e).__name__, e.args)
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(10)
    except TimeoutError:
        print("timeout")
    done, pending = await asyncio.wait([asyncio.create_task(work(i, i)) for i in range(3)])
    print(sorted(x.result() for x in done), len(pending))
    done, pending = await asyncio.wait([asyncio.create_task(work(1)), asyncio.create_task(asyncio.sleep(50))], return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending)); [p.cancel() for p in pending]
    print([await c for c in asyncio.as_completed([work(1, 5), work(2, 1)])])
    try:
        async with asyncio.TaskGroup() as tg:
            a = tg.create_task(work(7))
            tg.create_task(fail("g1")); tg.create_task(fail("g2"))
    except* ValueError as eg:
        print(eg, [str(e) for e in eg.exceptions], a.result())
    async with asyncio.TaskGroup() as tg:
        ts = [tg.create_task(work(i)) for i in range(3)]
    print([t.result() for t in ts])
    fut = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(fut.set_result, "future")
    print(await fut, fut.done())
    for bad in (lambda: fut.set_result(1), lambda: asyncio.get_running_loop().create_future().result()):
        try:
            bad()
        except asyncio.InvalidStateError as e:
            print("InvalidStateError", e)
    print(await asyncio.shield(work(3)), await asyncio.to_thread(lambda: "thread"), await asyncio.get_running_loop().run_in_executor(None, sum, [1, 2]))
    order = []
    loop = asyncio.get_running_loop()
    loop.call_later(0.02, order.append, "later"); loop.call_soon(order.append, "soon"); loop.call_later(0.001, order.append, "early")
    h = loop.call_later(0.001, order.append, "never"); h.cancel()
    await asyncio.sleep(0.05)
    print(order, asyncio.current_task().get_coro().__name__, len(asyncio.all_tasks()) >= 1)
    return "main result"
print(asyncio.run(main()))
for bad in (lambda: asyncio.run(5), lambda: asyncio.get_running_loop(), lambda: asyncio.run(fail("out"))):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
with asyncio.Runner() as r: print(r.run(work(9)), r.run(work(2)))
