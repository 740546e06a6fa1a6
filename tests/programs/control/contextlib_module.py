# contextlib: contextmanager, ExitStack, suppress, redirect and others.
import contextlib, io, sys
@contextlib.contextmanager
def cm(n, catch=None):
    "doc of cm"
    print("setup", n)
    try: yield n * 2
    except Exception as e:
        print("caught", repr(e))
        if catch is None or not isinstance(e, catch): raise
    finally: print("teardown", n)
with cm(1) as v: print(v)
with cm(2, ValueError): raise ValueError("swallow")
try:
    with cm(3): raise KeyError("pass through")
except KeyError as e: print(repr(e), e.__context__)
print(cm.__name__, cm.__doc__, cm.__wrapped__.__name__)
@cm(4)
def decorated(x): print("deco", x); return x
print(decorated(5), decorated(6))
@contextlib.contextmanager
def twice(): yield 1; yield 2
@contextlib.contextmanager
def none():
    if False: yield
@contextlib.contextmanager
def stop(): yield; raise StopIteration("s")
@contextlib.contextmanager
def replace():
    try: yield
    except ValueError as e: raise OSError("replaced") from e
for c in (twice, none, stop, replace):
    try:
        with c(): pass
        with c(): raise ValueError("in body")
    except Exception as e: print(c.__name__, type(e).__name__, e)
try:
    with cm(9): raise StopIteration("through")
except StopIteration as e: print("StopIteration", e)
with contextlib.suppress(ValueError, KeyError): raise KeyError
with contextlib.suppress(ValueError): raise ExceptionGroup("g", [ValueError()])
try:
    with contextlib.suppress(ValueError): raise TypeError("not suppressed")
except TypeError as e: print(e)
buf = io.StringIO()
with contextlib.redirect_stdout(buf), contextlib.redirect_stderr(buf): print("captured"); print("err", file=sys.stderr)
print(repr(buf.getvalue()))
class C:
    def close(self): print("closed")
with contextlib.closing(C()): print("in closing")
with contextlib.nullcontext("nc") as n: print(n)
with contextlib.ExitStack() as st:
    for i in range(2): st.enter_context(cm(f"st{i}"))
    st.callback(print, "callback", sep="-"); st.push(lambda *a: print("pushed", a[0]))
    print("stack body")
try:
    with contextlib.ExitStack() as st:
        st.callback(lambda: 1 / 0); st.push(lambda t, v, tb: print("sees", t.__name__)); raise ValueError("first")
except ZeroDivisionError as e: print(repr(e), repr(e.__context__))
st = contextlib.ExitStack(); st.callback(print, "later"); moved = st.pop_all(); st.close(); print("moved"); moved.close()
with contextlib.ExitStack() as st: st.push(lambda *a: True); raise ValueError("suppressed by stack")
try:
    with contextlib.ExitStack() as st: st.enter_context(5)
except TypeError as e: print(e)
class CD(contextlib.ContextDecorator):
    def __enter__(self): print("cd in"); return self
    def __exit__(self, *a): print("cd out")
@CD()
def f(): return "f"
print(f())
class Abs(contextlib.AbstractContextManager):
    def __exit__(self, *a): return None
with Abs() as a: print(type(a).__name__, isinstance(C(), contextlib.AbstractContextManager))
import os
old = os.getcwd()
with contextlib.chdir("/"): print(os.getcwd())
print(os.getcwd() == old)
m = cm("once")
with m: pass
try:
    with m: pass
except (RuntimeError, AttributeError) as e: print(type(e).__name__, e)
