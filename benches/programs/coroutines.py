"""Coroutines driven by hand through await."""
class Ready:
    def __init__(self, v): self.v = v
    def __await__(self):
        return self.v
        yield
class Pause:
    def __await__(self): yield self
async def leaf(i): return await Ready(i)
async def middle(i): return await leaf(i) + await leaf(i + 1)
async def worker(n):
    total = 0
    for i in range(n):
        total += await middle(i)
        if i % 16 == 0: await Pause()
    return total
def drive(coros):
    results, queue = [], list(coros)
    while queue:
        c = queue.pop(0)
        try:
            c.send(None); queue.append(c)
        except StopIteration as e: results.append(e.value)
    return results
print(sum(drive(worker(150000) for _ in range(5))))
