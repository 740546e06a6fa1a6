# asyncio: tasks, groups, time-outs, synchronisation, streams, subprocesses, cancellation, context variables.
import asyncio, contextvars, sys, time, threading, concurrent.futures, logging, functools
logging.basicConfig(stream=sys.stdout, format="LOG %(message)s")
def show(e): print(type(e).__name__, e)
async def work(n, d=0.0, fail=False):
    await asyncio.sleep(d)
    if fail: raise ValueError(n)
    return n
async def main():
    print(await asyncio.gather(work(1, .01), work(2), work(3)), await asyncio.gather(work(1), work("x", fail=True), return_exceptions=True))
    try: await asyncio.gather(work("bad", fail=True), work(1))
    except ValueError as e: show(e)
    try:
        async with asyncio.TaskGroup() as tg: a = tg.create_task(work("ok")); tg.create_task(work("b1", fail=True)); tg.create_task(work("slow", 5))
    except* ValueError as eg: print(eg.exceptions, a.done(), a.cancelled() or a.result())
    try:
        async with asyncio.timeout(.01): await asyncio.sleep(5)
    except TimeoutError as e: show(e)
    try: await asyncio.wait_for(asyncio.sleep(5), .01)
    except TimeoutError as e: show(e)
    print(await asyncio.wait_for(work(5), None)); t = asyncio.create_task(work("c", 5), name="T"); await asyncio.sleep(0); print(t.get_name(), t.cancel("msg"), t.cancelling()); 
    try: await t
    except asyncio.CancelledError as e: show(e)
    print(t.cancelled(), t.done()); 
    try: t.result()
    except asyncio.CancelledError as e: show(e)
    async def shielded():
        try: await asyncio.sleep(.02); return "finished"
        except asyncio.CancelledError: print("inner cancelled"); raise
    inner = asyncio.ensure_future(shielded()); o = asyncio.shield(inner); o.cancel()
    try: await o
    except asyncio.CancelledError: print("outer cancelled", await inner)
    done, pend = await asyncio.wait([asyncio.create_task(work(i, i / 50)) for i in range(3)], return_when=asyncio.FIRST_COMPLETED); print(len(done), len(pend)); [p.cancel() for p in pend]; print([await f for f in asyncio.as_completed([work(1, .02), work(2, .01)])]); 
    async for f in asyncio.as_completed([work(1, .02), work(2, .01)]): print(await f)
    q = asyncio.Queue(2); await q.put(1); q.put_nowait(2); print(q.full(), q.qsize(), await q.get(), q)
    try: q.put_nowait(3); q.put_nowait(4)
    except asyncio.QueueFull as e: show(e)
    q.get_nowait(); q.get_nowait()
    try: q.get_nowait()
    except asyncio.QueueEmpty as e: show(e)
    for _ in range(3): q.task_done()
    try: q.task_done()
    except ValueError as e: show(e)
    q.shutdown()
    try: await q.get()
    except asyncio.QueueShutDown as e: show(e)
    pq = asyncio.PriorityQueue(); [pq.put_nowait(x) for x in (3, 1, 2)]; print([pq.get_nowait() for _ in range(3)]); l = asyncio.Lock()
    async with l: print(l.locked(), "[locked]" in repr(l))
    try: l.release()
    except RuntimeError as e: show(e)
    ev = asyncio.Event(); w = asyncio.create_task(ev.wait()); await asyncio.sleep(0); ev.set(); print(await w, ev.is_set()); sem = asyncio.BoundedSemaphore(1); await sem.acquire(); print(sem.locked()); sem.release()
    try: sem.release()
    except ValueError as e: show(e)
    cond = asyncio.Condition(); log = []
    async def waiter(i):
        async with cond: await cond.wait(); log.append(i)
    ws = [asyncio.create_task(waiter(i)) for i in range(3)]; await asyncio.sleep(0)
    async with cond: cond.notify(1)
    await asyncio.sleep(0); await asyncio.sleep(0)
    async with cond: cond.notify_all()
    await asyncio.gather(*ws); print(log); bar = asyncio.Barrier(2); print(sorted(await asyncio.gather(bar.wait(), bar.wait()))); loop = asyncio.get_running_loop(); print(await loop.run_in_executor(None, lambda: threading.current_thread() is threading.main_thread()), await asyncio.to_thread(pow, 2, 5)); fut = loop.create_future(); loop.call_later(.01, fut.set_result, "later"); print(await fut); h = loop.call_later(10, print); h.cancel(); print(h.cancelled()); loop.call_soon(print, "soon"); await asyncio.sleep(0); var = contextvars.ContextVar("v", default="d")
    async def cv(): old = var.get(); var.set("inner"); return old, var.get()
    print(await asyncio.create_task(cv()), var.get(), await cv(), var.get())
    async def handler(r, w): d = await r.readline(); w.write(d.upper()); await w.drain(); w.close(); await w.wait_closed()
    srv = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with srv:
        r, w = await asyncio.open_connection(*srv.sockets[0].getsockname()); w.write(b"hello\n"); print(await r.read(), r.at_eof()); w.close()
    rd = asyncio.StreamReader(limit=5); rd.feed_data(b"abc\ndefghijkl"); print(await rd.readline())
    try: await rd.readline()
    except ValueError as e: show(e)
    rd = asyncio.StreamReader(); rd.feed_data(b"ab"); rd.feed_eof()
    try: await rd.readexactly(5)
    except asyncio.IncompleteReadError as e: print(e, e.partial)
    p = await asyncio.create_subprocess_exec(sys.executable, "-c", "import sys; print(sys.stdin.read()[::-1]); sys.exit(3)", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE); print(await p.communicate(b"abc"), p.returncode); p = await asyncio.create_subprocess_shell("echo hi; sleep 5", stdout=asyncio.subprocess.PIPE); print(await p.stdout.readline()); p.kill(); print(await p.wait())
    def boom(): 1 / 0
    loop.set_exception_handler(lambda l, c: print("handler", c["message"], repr(c.get("exception")))); loop.call_soon(boom); await asyncio.sleep(0); t = asyncio.create_task(work("never", fail=True)); await asyncio.sleep(.01); del t; await asyncio.sleep(0); loop.set_exception_handler(None); print(asyncio.current_task().get_name(), len(asyncio.all_tasks()), asyncio.iscoroutinefunction(work), asyncio.isfuture(fut)); et = asyncio.eager_task_factory(loop, work("eager")); print(et.done(), await et)
    async def cleanup():
        try: await asyncio.sleep(9)
        finally: await asyncio.sleep(0); print("cleaned")
    c = asyncio.create_task(cleanup()); await asyncio.sleep(0); c.cancel(); await asyncio.gather(c, return_exceptions=True)
    async def suppress():
        try: await asyncio.sleep(9)
        except asyncio.CancelledError: return "swallowed"
    c = asyncio.create_task(suppress()); await asyncio.sleep(0); c.cancel(); print(await c, c.cancelled())
    try:
        async with asyncio.timeout(None) as tm: tm.reschedule(loop.time() + .01); await asyncio.sleep(1)
    except TimeoutError: print(tm.expired(), tm)
    unrun = work(1)
    try: asyncio.run(unrun)
    except RuntimeError as e: show(e)
    unrun.close()
    return "main result"
print(asyncio.run(main()))
async def ctrl(): asyncio.get_running_loop().stop()
for f in (lambda: asyncio.run(5), lambda: asyncio.run(ctrl()), lambda: asyncio.get_running_loop(), lambda: asyncio.get_event_loop(), lambda: asyncio.create_task(5), lambda: asyncio.Runner().get_loop().is_running()):
    try: print(f())
    except BaseException as e: show(e)
with asyncio.Runner() as r: print(r.run(work("r1")), r.run(work("r2")), r.get_loop().is_closed())
ex = concurrent.futures.ThreadPoolExecutor(2); f = ex.submit(pow, 2, 3); print(f.result(), f.done(), list(ex.map(len, ["a", "bb"])), f.exception()); f = ex.submit(lambda: 1 / 0); print(repr(f.exception())); ex.shutdown()
try: ex.submit(len, "")
except RuntimeError as e: show(e)
f = concurrent.futures.Future(); f.add_done_callback(lambda f: print("cb", f.result())); f.set_result(1)
try: f.set_result(2)
except concurrent.futures.InvalidStateError as e: print(type(e).__name__)
print(f.cancel(), concurrent.futures.wait([f]).done == {f})
