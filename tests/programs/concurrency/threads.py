# Threads, locks, events, conditions, barriers, local data.
import threading, time
n = 0
lock = threading.Lock()
def work(k):
    global n
    for _ in range(k):
        with lock: n += 1
ts = [threading.Thread(target=work, args=(2000,), name=f"w{i}") for i in range(4)]
[t.start() for t in ts]; [t.join() for t in ts]
print(n, ts[0].name, ts[0].is_alive(), ts[0].daemon, threading.active_count(), threading.current_thread().name, threading.main_thread() is threading.current_thread())
ev = threading.Event(); out = []
def waiter(): ev.wait(); out.append("released")
t = threading.Thread(target=waiter); t.start(); print(ev.is_set(), out); ev.set(); t.join(); print(out, ev.wait(0.01))
c = threading.Condition(); items = []
def consumer():
    with c:
        c.wait_for(lambda: items); out.append(items.pop())
t = threading.Thread(target=consumer); t.start()
with c: items.append("item"); c.notify()
t.join(); print(out)
b = threading.Barrier(3, action=lambda: out.append("barrier")); ts = [threading.Thread(target=b.wait) for _ in range(3)]
[t.start() for t in ts]; [t.join() for t in ts]; print(out.count("barrier"), b.n_waiting, b.broken)
loc = threading.local(); loc.x = 1
def see(): out.append(hasattr(loc, "x")); loc.x = 2
t = threading.Thread(target=see); t.start(); t.join(); print(out[-1], loc.x)
class L(threading.local):
    def __init__(self, v): self.v = v
l = L(5); l.v = 6
def see2(): out.append(l.v)
t = threading.Thread(target=see2); t.start(); t.join(); print(out[-1], l.v)
r = threading.RLock()
with r:
    with r: print("reentrant", r.locked() if hasattr(r, "locked") else True)
print(lock.acquire(), lock.acquire(blocking=False), lock.acquire(timeout=0.01), lock.release(), lock.locked())
for f in (lock.release, r.release, lambda: lock.acquire(False, 1), lambda: lock.acquire(timeout=-5), lambda: threading.Thread().join(), lambda: threading.current_thread().join(), lambda: threading.Semaphore(-1), lambda: threading.Thread(5).start(), lambda: ts[0].start(), lambda: c.notify()):
    try: f()
    except (RuntimeError, ValueError, AssertionError) as e: print(type(e).__name__, e)
s = threading.Semaphore(2); print(s.acquire(), s.acquire(), s.acquire(blocking=False), s.release(2)); bs = threading.BoundedSemaphore(1)
try: bs.release()
except ValueError as e: print(e)
threading.excepthook = lambda a: print("hook", a.exc_type.__name__, a.exc_value, a.thread.name)
t = threading.Thread(target=lambda: 1 / 0, name="bad"); t.start(); t.join()
def ex(): raise SystemExit(5)
t = threading.Thread(target=ex); t.start(); t.join(); print("SystemExit in a thread is silent")
tm = threading.Timer(0.01, out.append, ["timer"]); tm.start(); tm.join(); print(out[-1]); tm = threading.Timer(10, print); tm.start(); tm.cancel(); tm.join()
class Sub(threading.Thread):
    def run(self): self.result = sum(range(100))
t = Sub(); t.start(); t.join(); print(t.result, t.ident is not None, t.native_id is not None)
b = threading.Barrier(2)
def abort():
    try: b.wait()
    except threading.BrokenBarrierError: out.append("broken")
t = threading.Thread(target=abort); t.start(); time.sleep(0.02); b.abort(); t.join(); print(out[-1])
d = threading.Thread(target=time.sleep, args=(30,), daemon=True); d.start(); print(d.daemon, "exits although a daemon thread sleeps")
