"""Tasks, gather, queues and locks on asyncio."""
import asyncio
async def leaf(n):
    await asyncio.sleep(0)
    return n
async def tree(depth):
    if depth == 0: return await leaf(1)
    return sum(await asyncio.gather(*(tree(depth - 1) for _ in range(4))))
async def pipe():
    q, total = asyncio.Queue(10), 0
    async def produce():
        for i in range(14000): await q.put(i)
        await q.put(None)
    task = asyncio.create_task(produce())
    while (x := await q.get()) is not None: total += x
    await task
    return total
async def locked():
    lock, n = asyncio.Lock(), 0
    async def work():
        nonlocal n
        for _ in range(100):
            async with lock: n += 1
    await asyncio.gather(*(work() for _ in range(100)))
    return n
async def main(): print(await tree(7), await pipe(), await locked())
asyncio.run(main())
