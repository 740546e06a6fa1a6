# Generators: next, return values, exhaustion, try/finally.
def g():
    print("start")
    x = yield 1
    print("got", x)
    try:
        y = yield 2
        print("got", y)
    finally:
        print("finally")
    return "result"
i = g()
print(type(i).__name__, i.gi_running, i.gi_frame is not None, i.gi_yieldfrom, i.__name__, i.__qualname__, i.gi_code.co_name)
print(next(i), i.send("a"))
try:
    i.send("b")
except StopIteration as e:
    print("StopIteration", e.value, e.args)
for _ in range(2):
    try:
        next(i)
    except StopIteration as e:
        print("again", e.value, i.gi_frame)
try:
    g().send(1)
except TypeError as e:
    print(e)
def empty():
    return
    yield
print(list(empty()), list(x for x in ()))
def early():
    try:
        yield 1
        yield 2
    finally:
        print("cleanup")
for x in early():
    print(x)
    break
print("after break")
e = early()
next(e)
e.close()
e.close()
print(list(e))
def ignore():
    try:
        yield 1
    except GeneratorExit:
        yield 2
i = ignore()
next(i)
try:
    i.close()
except RuntimeError as err:
    print(err)
def swallow():
    try:
        yield 1
    except GeneratorExit:
        print("swallowed")
        return "closed value"
i = swallow(); next(i); print(i.close())
def stop():
    yield 1
    raise StopIteration("inner")
try:
    list(stop())
except RuntimeError as err:
    print(err, repr(err.__cause__))
def reenter():
    global me
    try:
        next(me)
    except ValueError as err:
        yield str(err)
me = reenter()
print(next(me))
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
import itertools
print(list(itertools.islice(fib(), 12)), sum(itertools.takewhile(lambda x: x < 100, fib())))
print(sum(x * x for x in range(100000)), max(len(str(x)) for x in range(0, 10**6, 99999)))
def tree(n): 
    if n: yield from tree(n - 1); yield n; yield from tree(n - 1)
print(list(tree(3)), [*(y for y in tree(2))], (*tree(1),), dict((k, k) for k in tree(2)), " ".join(str(v) for v in tree(2)), 2 in tree(2), list(zip(tree(2), "abc")), sorted(tree(2)), dict.fromkeys(tree(2)))
a, *b = tree(2)
print(a, b, next((x for x in tree(3) if x > 2), None))
