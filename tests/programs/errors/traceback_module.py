# traceback: extraction, formatting, limits, TracebackException, stack summaries.
import traceback, sys, io
def a(n): return b(n)
def b(n):
    local = n * 2
    return 1 / 0
try: a(5)
except ZeroDivisionError as e:
    err = e
    print(traceback.format_exc(), end="")
    print(traceback.format_exc(limit=1), traceback.format_exc(limit=-1), traceback.format_tb(e.__traceback__)[-1], traceback.format_exception_only(e), sep="|")
    s = traceback.extract_tb(e.__traceback__)
    print([(f.name, f.lineno, f.line, f.colno, f.end_colno, f.end_lineno) for f in s], s[0] == s[0], len(s), repr(s[0]).split(",")[1:])
    te = traceback.TracebackException.from_exception(e, capture_locals=True)
    print([f.locals for f in te.stack][-1], te.exc_type_str, str(te), te.__cause__)
    for line in te.format(): print(line, end="")
    buf = io.StringIO(); traceback.print_exception(e, file=buf, chain=False); print(len(buf.getvalue().splitlines()))
    t = e.__traceback__
    while t: print(t.tb_lineno, t.tb_frame.f_code.co_name, t.tb_lasti > 0, sorted(t.tb_frame.f_locals)[:2] if t.tb_next else t.tb_frame.f_locals); t = t.tb_next
print(traceback.format_list([("f.py", 3, "fn", "code here"), ("g.py", 4, "gn", None)]))
def st(): return [f.name for f in traceback.extract_stack()], traceback.format_stack()[-1].splitlines()[-1]
print(st())
import types
def depth(tb): return 0 if tb is None else 1 + depth(tb.tb_next)
print(depth(err.__traceback__), depth(err.with_traceback(err.__traceback__.tb_next).__traceback__))
fake = types.TracebackType(None, sys._getframe(), 0, 42)
print(fake.tb_lineno, fake.tb_next, traceback.extract_tb(fake)[0].lineno)
for bad in (lambda: types.TracebackType(5, sys._getframe(), 0, 1), lambda: types.TracebackType(None, 5, 0, 1), lambda: setattr(fake, "tb_next", fake), lambda: setattr(fake, "tb_next", 5), lambda: traceback.format_exception(5)):
    try: bad()
    except (TypeError, ValueError) as x: print(type(x).__name__, x)
traceback.clear_frames(err.__traceback__)
def f1():
    try: f2()
    except KeyError as k: raise ValueError("v") from k
def f2():
    try: 1 / 0
    except ZeroDivisionError: {}["x"]
try: f1()
except ValueError as v: print("".join(traceback.format_exception(v)), end=""); print(*traceback.format_exception(v, chain=False), sep="", end="")
traceback.print_exc(); traceback.print_last() if hasattr(sys, "last_exc") else print("no last")
