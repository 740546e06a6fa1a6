"""sys.monitoring: which events are reported, DISABLE, local events, errors."""
import sys

mon, E = sys.monitoring, sys.monitoring.events
TOOL = 3
log = []
watched = ("branches", "handlers", "failing", "loops")

def callback(name):
    def call(code, *args):
        if code.co_name not in watched:
            return
        line = ""
        if name == "LINE":
            line = args[0] - code.co_firstlineno
        elif name in ("PY_RETURN", "PY_YIELD"):
            line = repr(args[1])
        elif name in ("RAISE", "RERAISE", "PY_UNWIND", "EXCEPTION_HANDLED", "PY_THROW", "STOP_ITERATION"):
            line = repr(args[1])
        elif name in ("CALL", "C_RETURN", "C_RAISE"):
            line = getattr(args[1], "__name__", "?"), args[2] is mon.MISSING
        log.append((code.co_name, name, line))
    return call

def branches(x):
    y = 0
    for i in range(x):
        if i % 2:
            y += i
        else:
            y -= 1
    while y < 3: y += 1
    return y

def handlers():
    try:
        raise ValueError("a")
    except ValueError:
        pass
    try:
        int("x")
    except (TypeError, ValueError) as e:
        str(e)
    return [q for q in (1, 2)]

def failing():
    len("abc")
    1 / 0

def loops():
    for i in range(2): pass
    while True:
        break

def run():
    for function, args in ((branches, (3,)), (handlers, ()), (failing, ()), (loops, ())):
        try:
            function(*args)
        except ZeroDivisionError:
            pass

mon.use_tool_id(TOOL, "test")
print(mon.get_tool(TOOL), mon.get_tool(0))
names = [n for n in vars(E) if n not in ("NO_EVENTS", "BRANCH")]
for n in names:
    mon.register_callback(TOOL, getattr(E, n), callback(n))
for n in ("PY_START", "PY_RETURN", "LINE", "JUMP", "BRANCH_LEFT", "BRANCH_RIGHT", "CALL", "RAISE", "PY_UNWIND",
          "EXCEPTION_HANDLED", "RERAISE"):
    log.clear()
    mon.set_events(TOOL, getattr(E, n))
    run()
    mon.set_events(TOOL, 0)
    print(n)
    for entry in log:
        print("   ", *entry)

seen = []
def once(code, line):
    seen.append(line - code.co_firstlineno)
    return mon.DISABLE
mon.register_callback(TOOL, E.LINE, once)
mon.set_local_events(TOOL, branches.__code__, E.LINE)
branches(2); branches(2)
print(seen)
mon.restart_events()
branches(1)
print(seen)
mon.set_local_events(TOOL, branches.__code__, 0)
branches(1)
print(len(seen), mon.get_local_events(TOOL, branches.__code__))

def attempt(f, *args):
    try:
        print(f.__name__, f(*args))
    except (TypeError, ValueError) as e:
        print(f.__name__, type(e).__name__, e)
attempt(mon.use_tool_id, 9, "x")
attempt(mon.use_tool_id, TOOL, "y")
attempt(mon.set_events, 1, 1)
attempt(mon.set_events, TOOL, E.C_RETURN)
attempt(mon.set_events, TOOL, 1 << 20)
attempt(mon.register_callback, TOOL, 3, len)
attempt(mon.set_local_events, TOOL, branches.__code__, E.RAISE)
attempt(mon.get_local_events, TOOL, 3)
attempt(mon.set_events, TOOL, E.BRANCH)
attempt(mon.get_events, TOOL)
mon.register_callback(TOOL, E.RAISE, lambda *a: mon.DISABLE)
mon.set_events(TOOL, E.RAISE)
try:
    try:
        raise KeyError
    except KeyError:
        pass
except ValueError as e:
    mon.set_events(TOOL, 0)
    print(e)
mon.free_tool_id(TOOL)
print(mon.get_tool(TOOL))
