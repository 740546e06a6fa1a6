# asyncio: locks, queues, events, producer and consumer.
import asyncio
async def main():
    q = asyncio.Queue(maxsize=2)
    log = []
    async def producer():
        for i in range(5):
            await q.put(i); log.append(f"put {i}")
        await q.put(None)
    async def consumer():
        while (x := await q.get()) is not None: log.append(f"got {x}"); q.task_done()
    await asyncio.gather(producer(), consumer())
    print(log, q.empty(), q.qsize(), q.full(), q.maxsize)
    for f in (q.get_nowait, lambda: asyncio.Queue(1).put_nowait(1) or q.put_nowait(1) or q.put_nowait(2) or q.put_nowait(3)):
        try:
            f()
        except (asyncio.QueueEmpty, asyncio.QueueFull) as e:
            print(type(e).__name__)
    pq = asyncio.PriorityQueue(); [pq.put_nowait(x) for x in (3, 1, 2)]
    lq = asyncio.LifoQueue(); [lq.put_nowait(x) for x in (3, 1, 2)]
    print([await pq.get() for _ in range(3)], [await lq.get() for _ in range(3)])
    lock = asyncio.Lock()
    async def critical(n):
        async with lock:
            print("in", n); await asyncio.sleep(0); print("out", n)
    await asyncio.gather(critical(1), critical(2))
    print(lock.locked())
    try:
        lock.release()
    except RuntimeError as e:
        print(e)
    ev = asyncio.Event()
    async def waiter(n): await ev.wait(); return n
    ws = [asyncio.create_task(waiter(i)) for i in range(3)]
    await asyncio.sleep(0)
    print(ev.is_set()); ev.set(); print(await asyncio.gather(*ws)); ev.clear()
    sem = asyncio.Semaphore(2)
    active = peak = 0
    async def limited():
        nonlocal active, peak
        async with sem:
            active += 1; peak = max(peak, active); await asyncio.sleep(0); active -= 1
    await asyncio.gather(*(limited() for _ in range(6)))
    print("peak", peak)
    bs = asyncio.BoundedSemaphore(1)
    try:
        bs.release()
    except ValueError as e:
        print(e)
    cond = asyncio.Condition()
    items = []
    async def cons():
        async with cond:
            await cond.wait_for(lambda: items); return items.pop()
    t = asyncio.create_task(cons()); await asyncio.sleep(0)
    async with cond: items.append("item"); cond.notify_all()
    print(await t)
    bar = asyncio.Barrier(2)
    print(sorted(await asyncio.gather(bar.wait(), bar.wait())), bar.parties)
    q2 = asyncio.Queue()
    async def worker():
        while True:
            x = await q2.get(); await asyncio.sleep(0); q2.task_done()
    ts = [asyncio.create_task(worker()) for _ in range(2)]
    for i in range(6): q2.put_nowait(i)
    await q2.join(); [t.cancel() for t in ts]
    print([type(r).__name__ for r in await asyncio.gather(*ts, return_exceptions=True)])
    q3 = asyncio.Queue(); q3.shutdown()
    try:
        await q3.get()
    except asyncio.QueueShutDown:
        print("shut down")
    import contextvars
    v = contextvars.ContextVar("v", default=0)
    async def setter(n): v.set(n); await asyncio.sleep(0); return v.get()
    print(await asyncio.gather(setter(1), setter(2)), v.get())
    async def agen():
        for i in range(3): yield i; await asyncio.sleep(0)
    print([i async for i in agen()], sum([i async for i in agen()]))
    async def eager(): return "eager"
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    t = asyncio.create_task(eager()); print(t.done(), t.result())
    asyncio.get_running_loop().set_exception_handler(lambda l, c: print("handler", c["message"], repr(c.get("exception"))))
    asyncio.get_running_loop().call_soon(lambda: 1 / 0); await asyncio.sleep(0.01)
asyncio.run(main())
