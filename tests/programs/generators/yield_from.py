# yield from: delegation, return values, send and throw to subiterators.
def inner():
    try:
        x = yield 1
        print("inner got", x)
        y = yield 2
        print("inner got", y)
    except ValueError as e:
        print("inner caught", e)
        yield "recovered"
    finally:
        print("inner finally")
    return "inner result"
def outer():
    r = yield from inner()
    print("outer got", r)
    s = yield from [10, 20]
    print("list gave", s)
    return r
i = outer()
print(next(i), i.gi_yieldfrom.__name__, i.send("A"), i.send("B"), next(i))
try:
    next(i)
except StopIteration as e:
    print(e.value)
i = outer(); next(i)
print(i.throw(ValueError("thrown")), next(i)); i.close()
i = outer(); next(i)
i.close()
print("closed")
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration("it value")
        return self.n
    def send(self, v): return f"sent {v}"
    def throw(self, *a): return f"threw {a[0].__class__.__name__ if not isinstance(a[0], type) else a[0].__name__}"
    def close(self): print("It.close")
def deleg(): return (yield from It())
i = deleg()
print(next(i), i.send(5), i.throw(KeyError("k")), next(i), next(i))
try:
    next(i)
except StopIteration as e:
    print(repr(e.value))
i = deleg(); next(i); i.close()
class Plain:
    def __iter__(self): return iter([1, 2])
def d2(): yield from Plain()
i = d2(); next(i)
try:
    i.send(1)
except AttributeError as e:
    print(e)
i = d2(); next(i)
try:
    i.throw(LookupError("direct"))
except LookupError as e:
    print(repr(e))
for bad in (5, None, object):
    try:
        list((lambda: (yield from bad))())
    except TypeError as e:
        print(e)
def flatten(x):
    for y in x:
        if isinstance(y, list): yield from flatten(y)
        else: yield y
print(list(flatten([1, [2, [3, [4, []]], 5]])))
def deep(n):
    if n == 0: yield "bottom"; return "ret"
    r = yield from deep(n - 1)
    return r
i = deep(200)
print(next(i))
try:
    next(i)
except StopIteration as e:
    print(e.value)
def averager():
    total = n = 0
    avg = None
    while True:
        v = yield avg
        if v is None: return n, avg
        total += v; n += 1; avg = total / n
def grouper(results):
    while True: results.append((yield from averager()))
res = []
gr = grouper(res); next(gr)
for v in (10, 20, None, 5, None): gr.send(v)
print(res)
def chain(*its):
    for it in its: yield from it
print(list(chain("ab", (1,), {2: 3}, (c for c in "z"))), sum(chain(range(5), range(3))))
def raises():
    yield 1
    raise KeyError("in sub")
def handler():
    try:
        yield from raises()
    except KeyError as e:
        yield f"handled {e}"
print(list(handler()))
def tuple_yield():
    a = yield 1, 2
    b = yield
    c = [(yield "x"), (yield "y")]
    return a, b, c
i = tuple_yield()
print(next(i), i.send("a"), i.send("b"), i.send("c"))
try:
    i.send("d")
except StopIteration as e:
    print(e.value)
