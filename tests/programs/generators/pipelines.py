# Pipelines in constant memory, coroutine-style consumers, iterator protocol.
def numbers(n):
    for i in range(n): yield i
def only(pred, it): return (x for x in it if pred(x))
def batches(it, n):
    batch = []
    for x in it:
        batch.append(x)
        if len(batch) == n: yield batch; batch = []
    if batch: yield batch
print(sum(len(b) for b in batches(only(lambda x: x % 3 == 0, numbers(100000)), 7)), next(batches("abcde", 2)), list(batches("abcde", 2)))
def consumer(f):
    def start(*a, **k):
        c = f(*a, **k); next(c); return c
    return start
@consumer
def printer(prefix):
    try:
        while True: print(prefix, (yield))
    except GeneratorExit:
        print(prefix, "closed")
@consumer
def broadcast(*targets):
    while True:
        item = yield
        for t in targets: t.send(item)
@consumer
def where(pred, target):
    while True:
        v = yield
        if pred(v): target.send(v)
p1, p2 = printer("one"), printer("two")
b = broadcast(p1, where(lambda v: v > 1, p2))
for v in (1, 2): b.send(v)
p1.close(); p2.close()
class Countdown:
    def __init__(self, n): self.n = n
    def __iter__(self):
        n = self.n
        while n: yield n; n -= 1
    def __reversed__(self):
        yield from range(1, self.n + 1)
    def __length_hint__(self): return self.n
c = Countdown(3)
print(list(c), list(c), list(reversed(c)), max(c), 2 in c, [*zip(c, c)], sum(c), tuple(c), dict(enumerate(c)))
class Once:
    def __init__(self): self.it = iter("abc")
    def __iter__(self): return self
    def __next__(self): return next(self.it)
o = Once()
print(next(o), list(o), list(o))
class Old:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * 10
print(list(Old()), 20 in Old(), [*reversed([1])], iter(Old()).__next__())
class BadIter:
    def __iter__(self): return 5
class BadNext:
    def __iter__(self): return self
class NoneIter: __iter__ = None
class Raises:
    def __iter__(self): raise ZeroDivisionError("in iter")
for cls in (BadIter, BadNext, NoneIter, Raises):
    try:
        for _ in cls(): pass
    except Exception as e:
        print(cls.__name__, type(e).__name__, e)
state = {"n": 0}
def step(): state["n"] += 1; return state["n"]
print(list(iter(step, 4)), type(iter(step, 1)).__name__)
try:
    iter(5, 1)
except TypeError as e:
    print(e)
def sieve(n):
    def src(): yield from range(2, n)
    def filt(it, p): return (x for x in it if x % p)
    it = src()
    while True:
        p = next(it, None)
        if p is None: return
        yield p
        it = filt(it, p)
print(list(sieve(40)))
def interleave(*its):
    its = [iter(i) for i in its]
    while its:
        for it in its[:]:
            try:
                yield next(it)
            except StopIteration:
                its.remove(it)
print("".join(interleave("abc", "12", "xyz!")))
def scheduler(tasks):
    from collections import deque
    q = deque(tasks)
    while q:
        t = q.popleft()
        try:
            print(next(t), end=" ")
            q.append(t)
        except StopIteration as e:
            print(f"[{e.value}]", end=" ")
    print()
def task(name, n):
    for i in range(n): yield f"{name}{i}"
    return name
scheduler([task("a", 2), task("b", 3), task("c", 1)])
