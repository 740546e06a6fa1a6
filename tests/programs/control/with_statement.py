# with: protocol order, suppression, several managers, errors.
class M:
    def __init__(self, n, swallow=False, fail=None): self.n, self.swallow, self.fail = n, swallow, fail
    def __enter__(self):
        print("enter", self.n)
        if self.fail == "enter": raise OSError(f"enter {self.n}")
        return self.n
    def __exit__(self, t, v, tb):
        print("exit", self.n, t.__name__ if t else None, v, tb is not None)
        if self.fail == "exit": raise KeyError(f"exit {self.n}")
        return self.swallow
with M(1) as a, M(2): print("body", a)
with (M(3) as x, M(4) as y,): print(x, y)
with M(5, True): raise ValueError("swallowed")
def run(f):
    try: print("ret", f())
    except Exception as e: print(type(e).__name__, e, "| context", repr(e.__context__))
def f1():
    with M(6): raise ValueError("out")
def f2():
    with M(7), M(8, fail="enter"): print("not reached")
def f3():
    with M(9, True), M(10, fail="exit"): raise ValueError("orig")
def f4():
    with M(11, fail="exit"): raise ValueError("orig")
def f5():
    with M(12): return "from with"
def f6():
    for i in range(3):
        with M(f"loop{i}"):
            if i == 0: continue
            if i == 1: break
    return i
for f in (f1, f2, f3, f4, f5, f6): run(f)
class NoEnter:
    def __exit__(self, *a): pass
class NoExit:
    def __enter__(self): pass
class Async:
    async def __aenter__(self): pass
    async def __aexit__(self, *a): pass
class InstanceOnly: pass
io = InstanceOnly(); io.__enter__ = io.__exit__ = lambda *a: 1
for o in (NoEnter(), NoExit(), Async(), io, 5, None):
    try:
        with o: pass
    except TypeError as e: print(e)
class Targets: pass
t = Targets(); l = [0]
with M("t") as t.attr, M("l") as l[0], M("ab") as (p, q): print(t.attr, l, p, q)
with open("/dev/null") as fh: print(fh.closed)
print(fh.closed)
class BoolRaise(M):
    def __exit__(self, *a):
        class B:
            def __bool__(self): raise RuntimeError("bool")
        return B()
try:
    with BoolRaise("b"): raise ValueError("v")
except RuntimeError as e: print(e, repr(e.__context__))
with BoolRaise("b2"): pass
def gen():
    with M("gen"): yield 1; yield 2
g = gen(); print(next(g)); g.close()
for src in ("with a as 5: pass", "with a as f(): pass", "with (a as b): pass", "with (a, b) as c: pass", "with (a as b, c as d): pass", "with (yield): pass", "with a as b as c: pass", "with (a as b) as c: pass", "with: pass", "with a, : pass", "with (a, b): pass", "with a as None: pass", "with (a as 1, b): pass"):
    try: compile(src, "s", "exec"); print("fine")
    except SyntaxError as e: print(e.msg)
import threading
lock = threading.Lock()
with lock: print(lock.locked())
print(lock.locked())
