# sys.settrace, sys.setprofile, sys.monitoring.
import sys
def f(x):
    y = x + 1
    for i in range(2):
        y += i
    try:
        raise ValueError(y)
    except ValueError:
        return y
def g():
    yield 1
    yield 2
log = []
def tracer(frame, event, arg):
    if frame.f_code.co_filename != __file__: return None
    log.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, arg if event == "return" else arg[0].__name__ if event == "exception" else None))
    return tracer
sys.settrace(tracer); f(1); list(g()); sys.settrace(None)
for l in log: print(*l)
log.clear()
def prof(frame, event, arg): log.append((event, frame.f_code.co_name, getattr(arg, "__name__", arg) if event.startswith("c_") else arg))
sys.setprofile(prof); f(2); len("abc"); sys.setprofile(None)
for l in log: print(*l)
def opcodes(frame, event, arg):
    frame.f_trace_opcodes = True; frame.f_trace_lines = False
    if event == "opcode": counts.append(frame.f_lasti)
    return opcodes
counts = []
def small(): return 1 + len("a")
sys.settrace(opcodes); small(); sys.settrace(None); print(len(counts) > 2, counts == sorted(counts))
def failing(frame, event, arg): raise RuntimeError("tracer failed")
sys.settrace(failing)
try: f(1)
except RuntimeError as e: print(e, sys.gettrace())
def jump(frame, event, arg):
    if event == "line" and frame.f_code.co_name == "j" and frame.f_lineno == frame.f_code.co_firstlineno + 2: frame.f_lineno += 1
    return jump
def j():
    r = ["a"]
    r.append("skipped")
    r.append("c")
    return r
sys.settrace(jump); r = j(); sys.settrace(None); print(r)
m = sys.monitoring; E = m.events; T = 3
m.use_tool_id(T, "test"); print(m.get_tool(T)); ev = []
def cb(name): return lambda *a: ev.append((name, a[0].co_name, *[x if isinstance(x, (int, str)) else getattr(x, "__name__", repr(x)) for x in a[2:]]))
for n in ("PY_START", "PY_RETURN", "CALL", "RAISE", "EXCEPTION_HANDLED", "PY_YIELD", "PY_RESUME"): m.register_callback(T, getattr(E, n), cb(n))
m.register_callback(T, E.LINE, lambda c, l: ev.append(("LINE", c.co_name, l - c.co_firstlineno)))
m.set_local_events(T, f.__code__, E.PY_START | E.PY_RETURN | E.LINE | E.CALL); f(1); m.set_local_events(T, f.__code__, 0)
for e in ev: print(*e)
ev.clear(); m.set_events(T, E.PY_START | E.PY_YIELD | E.PY_RESUME | E.RAISE | E.EXCEPTION_HANDLED); list(g()); f(2); m.set_events(T, 0)
for e in ev: print(*e)
hits = []
def once(code, line): hits.append(line); return m.DISABLE
m.register_callback(T, E.LINE, once); m.set_local_events(T, f.__code__, E.LINE); f(1); f(1); print(len(hits)); m.restart_events(); f(1); print(len(hits)); m.set_local_events(T, f.__code__, 0); m.free_tool_id(T); print(m.get_tool(T))
for bad in (lambda: m.use_tool_id(9, "x"), lambda: m.set_events(T, 1), lambda: m.set_events(2, 1 << 30)):
    try: bad()
    except (ValueError, OverflowError) as e: print(e)
