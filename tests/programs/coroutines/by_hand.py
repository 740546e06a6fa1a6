# Coroutines driven by hand.
import types, sys
class Suspend:
    def __init__(self, v): self.v = v
    def __await__(self): return (yield self.v)
async def inner(x):
    r = await Suspend(("inner", x))
    return r * 2
async def outer():
    a = await inner(1)
    b = await inner(a)
    return a + b
c = outer()
print(type(c).__name__, c.cr_running, c.cr_await, c.cr_frame is not None, c.cr_code.co_name, c.cr_origin)
print(c.send(None), c.cr_await.__name__, c.send(5), end=" ")
try:
    c.send(7)
except StopIteration as e:
    print(e.value, c.cr_frame)
try:
    c.send(None)
except RuntimeError as e:
    print(e)
c = outer()
try:
    c.send(1)
except TypeError as e:
    print(e)
c.send(None)
try:
    c.throw(ValueError("into"))
except ValueError as e:
    print(repr(e))
c = outer(); c.send(None); c.close(); c.close(); print("closed")
for bad in (5, None, "s", [1], (x for x in ())):
    async def aw(): await bad
    try:
        aw().send(None)
    except TypeError as e:
        print(e)
class BadAwait:
    def __await__(self): return 5
class CoroAwait:
    def __await__(self): return inner(1)
for o in (BadAwait(), CoroAwait()):
    async def aw(): await o
    try:
        aw().send(None)
    except TypeError as e:
        print(e)
for e in ("for x in outer(): pass", "list(outer())", "next(outer())", "iter(outer())"):
    try:
        exec("import warnings; warnings.simplefilter('ignore')\n" + e)
    except TypeError as err:
        print(err)
@types.coroutine
def gen_coro():
    x = yield "from generator"
    return x
async def use(): return await gen_coro()
u = use()
print(u.send(None))
try:
    u.send("back")
except StopIteration as e:
    print(e.value)
async def twice():
    co = inner(1)
    t = co.__await__()
    print(type(t).__name__, t.send(None))
    try:
        t.send(3)
    except StopIteration as e:
        print(e.value)
    try:
        await co
    except RuntimeError as e:
        print(e)
try:
    twice().send(None)
except StopIteration:
    pass
async def fin():
    try:
        await Suspend(1)
    finally:
        print("finally")
f = fin(); f.send(None); del f
async def raise_stop(): raise StopIteration("x")
try:
    raise_stop().send(None)
except RuntimeError as e:
    print(e, repr(e.__cause__))
async def never(): pass
def unawaited(): never(); return 1
sys.unraisablehook = lambda a: print("unraisable", a.exc_value)
unawaited()
