# queue, concurrent.futures with threads, contextvars.
import queue, threading, concurrent.futures as cf, contextvars, time
q = queue.Queue(2); q.put(1); q.put(2); print(q.full(), q.qsize(), q.get(), q.empty())
for f in (lambda: (q.put(3), q.put(4, block=False)), lambda: queue.Queue().get_nowait(), lambda: queue.Queue().get(timeout=0.01), lambda: q.put(1, timeout=-1)):
    try: f()
    except (queue.Full, queue.Empty, ValueError) as e: print(type(e).__name__, e)
pq = queue.PriorityQueue(); [pq.put(x) for x in (3, 1, 2)]; lq = queue.LifoQueue(); [lq.put(x) for x in (3, 1, 2)]; print([pq.get() for _ in range(3)], [lq.get() for _ in range(3)])
q = queue.Queue(); out = []
def worker():
    while (x := q.get()) is not None: out.append(x * 2); q.task_done()
    q.task_done()
ts = [threading.Thread(target=worker) for _ in range(3)]; [t.start() for t in ts]
for i in range(20): q.put(i)
for _ in ts: q.put(None)
q.join(); [t.join() for t in ts]; print(sorted(out) == [i * 2 for i in range(20)])
try: q.task_done()
except ValueError as e: print(e)
q.shutdown()
try: q.put(1)
except queue.ShutDown: print("ShutDown")
sq = queue.SimpleQueue(); sq.put(1); print(sq.get(), sq.empty())
with cf.ThreadPoolExecutor(3) as ex:
    fs = [ex.submit(pow, i, 2) for i in range(5)]
    print([f.result() for f in fs], list(ex.map(lambda a, b: a + b, [1, 2], [3, 4])), fs[0].done(), fs[0].exception(), fs[0].cancelled(), fs[0].cancel())
    bad = ex.submit(lambda: 1 / 0)
    try: bad.result()
    except ZeroDivisionError as e: print(e, repr(bad.exception()))
    try: ex.submit(time.sleep, 0.3).result(timeout=0.01)
    except TimeoutError as e: print(type(e).__name__)
    done, not_done = cf.wait([ex.submit(str, 5)]); print(len(done), len(not_done)); print(sorted(f.result() for f in cf.as_completed([ex.submit(abs, -i) for i in range(3)])))
    f = ex.submit(int, "7"); f.add_done_callback(lambda f: out.append(f.result())); f.result()
    try: list(ex.map(int, ["1", "x"]))
    except ValueError as e: print(e)
try: ex.submit(print)
except RuntimeError as e: print(e)
f = cf.Future(); print(f.set_running_or_notify_cancel(), f.running()); f.set_result(9); print(f.result(), f)if False else print(f.result())
for g in (lambda: f.set_result(1), lambda: cf.ThreadPoolExecutor(0)):
    try: g()
    except Exception as e: print(type(e).__name__, str(e).split(":")[0])
v = contextvars.ContextVar("v", default="d"); tok = v.set(1); print(v.get(), tok.old_value is contextvars.Token.MISSING, tok.var is v); v.reset(tok); print(v.get())
ctx = contextvars.copy_context(); print(ctx.run(lambda: (v.set(5), v.get())[1]), v.get(), ctx[v], v in ctx, len(ctx), list(ctx) == [v], ctx.get(v))
with v.set(8): print(v.get())
print(v.get())
for g in (lambda: v.reset(tok), lambda: ctx.run(ctx.run, print), lambda: contextvars.ContextVar("n").get(), lambda: contextvars.ContextVar(5), lambda: ctx[contextvars.ContextVar("z")]):
    try: g()
    except Exception as e: print(type(e).__name__, str(e).split(" <")[0].split(": <")[0])
