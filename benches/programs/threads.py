"""Threads: a pool, queues, locks and events, with work in Python in between."""
import queue, threading
from concurrent.futures import ThreadPoolExecutor
def work(n):
    total = 0
    for i in range(n): total = (total * 31 + i) & 0xFFFF
    return total
def pipeline(count):
    first, second, out = queue.Queue(16), queue.Queue(16), []
    def relay():
        while (x := first.get()) is not None: second.put(x * 2)
        second.put(None)
    def collect():
        while (x := second.get()) is not None: out.append(x)
    threads = [threading.Thread(target=f) for f in (relay, collect)]
    for t in threads: t.start()
    for i in range(count): first.put(i)
    first.put(None)
    for t in threads: t.join()
    return sum(out)
def counters(threads, count):
    lock, total = threading.Lock(), [0]
    def add():
        for _ in range(count):
            with lock: total[0] += 1
    all_ = [threading.Thread(target=add) for _ in range(threads)]
    for t in all_: t.start()
    for t in all_: t.join()
    return total[0]
with ThreadPoolExecutor(4) as pool: total = sum(pool.map(work, [2000] * 1100))
print(total, pipeline(5000), counters(4, 60000))
